#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Create, change and delete a VPC endpoint."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_endpoint
author: Palisade contributors (!UNKNOWN)
short_description: Create, change and delete a gateway or interface endpoint of a VPC
version_added: 0.1.0
description:
  - Keeps one VPC endpoint as it should be, found by its VPC and its service, from creation to deletion.
  - M(amazon.aws.ec2_vpc_endpoint) cannot do it. Of an endpoint that exists it changes the tags only. Other subnets,
    security groups are reported as C(ok) and never applied, other route tables make it try to create a second
    endpoint, and it has no option for private DNS at all.
  - The policy of an endpoint belongs to M(palisade.ecs.vpc_endpoint_policy). A new endpoint has AWS's default policy.
options:
  state:
    description:
      - With V(present) the endpoint exists and is as the other options say.
      - With V(absent) there is none.
    type: str
    choices: [present, absent]
    default: present
  vpc_id:
    description: The VPC of the endpoint.
    type: str
    required: true
  service:
    description:
      - The service, as V(s3), V(ecr.api), or the full name V(com.amazonaws.eu-central-1.s3).
      - A short name becomes C(com.amazonaws.<region>.<name>). Some services have other names, in China for example.
        Give those in full.
    type: str
    required: true
  vpc_endpoint_type:
    description:
      - The type of the endpoint. It cannot be changed, and a VPC may have one of each type for a service.
      - Required with O(state=present). With O(state=absent) it tells two endpoints for a service apart.
    type: str
    choices: [Gateway, Interface]
  route_table_ids:
    description:
      - The route tables that lead to a gateway endpoint, all of them. AWS keeps the routes.
      - Required with O(vpc_endpoint_type=Gateway) and refused otherwise.
    type: list
    elements: str
  subnet_ids:
    description:
      - The subnets in which an interface endpoint has its network interfaces, at most one per zone.
      - When another subnet takes over in a zone, the endpoint does not answer in that zone in between.
      - Required with O(vpc_endpoint_type=Interface) and refused otherwise.
    type: list
    elements: str
  security_group_ids:
    description:
      - The security groups of the network interfaces, all of them.
      - Required with O(vpc_endpoint_type=Interface) and refused otherwise.
    type: list
    elements: str
  private_dns_enabled:
    description:
      - Whether the usual name of the service leads to an interface endpoint inside the VPC.
      - Needs both DNS attributes of the VPC, C(enableDnsSupport) and C(enableDnsHostnames).
      - Ignored with O(vpc_endpoint_type=Gateway).
    type: bool
    default: true
  wait:
    description:
      - Wait until the endpoint is available, or until it is gone with its network interfaces.
      - An endpoint that is being created is waited for in any case before it is changed, because AWS refuses that
        earlier. So is one that is being deleted before another one takes its place.
    type: bool
    default: true
  wait_timeout:
    description: How many seconds to wait at most, each time.
    type: int
    default: 600
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the endpoint before and after, as JSON with sorted keys.
    support: full
seealso:
  - module: palisade.ecs.vpc_endpoint_policy
  - module: amazon.aws.ec2_vpc_endpoint
  - name: AWS PrivateLink concepts
    description: AWS's own description, with the states of an endpoint.
    link: https://docs.aws.amazon.com/vpc/latest/privatelink/concepts.html
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.tags
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Lead two route tables to DynamoDB through a gateway endpoint
  palisade.ecs.vpc_endpoint:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    service: dynamodb
    vpc_endpoint_type: Gateway
    route_table_ids: [rtb-0a1b2c3d4e5f67890, rtb-0f9e8d7c6b5a43210]
    tags:
      Name: shop-dynamodb

# The same task with a third subnet adds a zone, and leaves the rest as it is.
- name: Serve the API of Amazon ECR in two zones
  palisade.ecs.vpc_endpoint:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    service: ecr.api
    vpc_endpoint_type: Interface
    subnet_ids: [subnet-0a1b2c3d4e5f67890, subnet-0f9e8d7c6b5a43210]
    security_group_ids: [sg-0a1b2c3d4e5f67890]

- name: Delete it
  palisade.ecs.vpc_endpoint:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    service: ecr.api
    state: absent
"""

RETURN = r"""
vpc_endpoint_id:
  description:
    - The id of the endpoint. In check mode V(vpce-00000000000000000) stands for one that would be created.
    - With O(state=absent) that of the endpoint that was deleted. Empty if there was none.
  returned: success
  type: str
  sample: vpce-0a1b2c3d4e5f67890
service_name:
  description: The full name of the endpoint's service.
  returned: success
  type: str
  sample: com.amazonaws.eu-central-1.dynamodb
vpc_endpoint_type:
  description: The type of the endpoint. Empty if there was none to delete and O(vpc_endpoint_type) was not given.
  returned: success
  type: str
  sample: Gateway
state:
  description:
    - The state of the endpoint, as V(available) or V(pending). In check mode that of a new endpoint is V(available).
    - With O(state=absent) it is V(deleted).
  returned: success
  type: str
  sample: available
route_table_ids:
  description: The route tables of a gateway endpoint, sorted.
  returned: success
  type: list
  elements: str
  sample: [rtb-0a1b2c3d4e5f67890]
subnet_ids:
  description: The subnets of an interface endpoint, sorted.
  returned: success
  type: list
  elements: str
  sample: []
security_group_ids:
  description: The security groups of an interface endpoint, sorted.
  returned: success
  type: list
  elements: str
  sample: []
private_dns_enabled:
  description: Whether the usual name of the service leads to the endpoint. Always false for a gateway endpoint.
  returned: success
  type: bool
  sample: false
tags:
  description: The tags of the endpoint.
  returned: success
  type: dict
  sample:
    Name: shop-dynamodb
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ec2_api as ec2
from ansible_collections.palisade.ecs.plugins.module_utils import _vpc_endpoint_checks as checks
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_apply import apply, check, wait_until_settled
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_plan import leaving, plan, select

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "vpc_id": {"type": "str", "required": True},
    "service": {"type": "str", "required": True},
    "vpc_endpoint_type": {"type": "str", "choices": ["Gateway", "Interface"]},
    "route_table_ids": {"type": "list", "elements": "str"},
    "subnet_ids": {"type": "list", "elements": "str"},
    "security_group_ids": {"type": "list", "elements": "str"},
    "private_dns_enabled": {"type": "bool", "default": True},
    "tags": {"type": "dict", "aliases": ["resource_tags"]},
    "purge_tags": {"type": "bool", "default": True},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 600},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    wanted = checks.desired(module.params, client.meta.region_name)
    timeout = module.params["wait_timeout"]
    found = ec2.list_vpc_endpoints(client, wanted.vpc_id, wanted.service_name)
    change = plan(select(found, wanted), wanted)
    zones = check(client, change)
    if not module.check_mode:
        going = leaving(found, wanted)
        change = apply(client, change, zones, going, timeout)
        if module.params["wait"]:
            change = wait_until_settled(client, change, going, timeout)
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["vpc_endpoint_type"])],
        supports_check_mode=True,
    )
    finish(module, module.client("ec2"), run, checks.advice)


if __name__ == "__main__":
    main()
