#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read the policies of VPC endpoints."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_endpoint_policy_info
author: Palisade contributors (!UNKNOWN)
short_description: Read the policies of VPC endpoints
version_added: 0.1.0
description:
  - Returns the policies of one VPC endpoint or of those of a VPC, and says which of them are AWS's default, which lets
    everybody do everything. The policies are dictionaries.
  - M(amazon.aws.ec2_vpc_endpoint_info) returns them as strings, and does not tell.
  - Endpoints that are being deleted are left out. One that does not exist is no error.
options:
  vpc_endpoint_id:
    description: The id of the endpoint. Either this or O(vpc_id) is required.
    type: str
  vpc_id:
    description: The VPC of the endpoints.
    type: str
  services:
    description:
      - Only the endpoints for these services, as V(s3), V(ecr.api), or full names as V(com.amazonaws.eu-central-1.s3).
      - A short name becomes C(com.amazonaws.<region>.<name>).
      - All services, if it is left out. Only together with O(vpc_id).
    type: list
    elements: str
attributes:
  check_mode:
    description: Can run in check mode, and does the same there.
    support: full
seealso:
  - module: palisade.ecs.vpc_endpoint_policy
  - module: amazon.aws.ec2_vpc_endpoint_info
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Read the policies of all endpoints of a VPC
  palisade.ecs.vpc_endpoint_policy_info:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
  register: found

- name: Insist that each is restricted
  ansible.builtin.assert:
    that: found.vpc_endpoints | selectattr('is_full_access') | length == 0

- name: Read the policies of two services
  palisade.ecs.vpc_endpoint_policy_info:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    services: [s3, dynamodb]

- name: Read the policy of one endpoint
  palisade.ecs.vpc_endpoint_policy_info:
    region: eu-central-1
    vpc_endpoint_id: vpce-0a1b2c3d4e5f67890
"""

RETURN = r"""
vpc_endpoints:
  description: The endpoints, in the order of their services' names.
  returned: success
  type: list
  elements: dict
  contains:
    vpc_endpoint_id:
      description: The id of the endpoint.
      type: str
      returned: always
      sample: vpce-0a1b2c3d4e5f67890
    service_name:
      description: The full name of the endpoint's service.
      type: str
      returned: always
      sample: com.amazonaws.eu-central-1.dynamodb
    vpc_endpoint_type:
      description: The type of the endpoint.
      type: str
      returned: always
      sample: Gateway
    state:
      description: The state of the endpoint.
      type: str
      returned: always
      sample: available
    policy:
      description: The policy. That of a service without endpoint policies is AWS's default, because it allows the same.
      type: dict
      returned: always
      sample:
        Version: "2012-10-17"
        Statement:
          - Effect: Allow
            Principal: "*"
            Action: "dynamodb:GetItem"
            Resource: "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
    is_full_access:
      description: Whether the policy is AWS's default, which lets everybody do everything.
      type: bool
      returned: always
      sample: false
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ec2_api as ec2
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint import full_service_name, is_leaving
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_policy_plan import read

ARGUMENT_SPEC = {
    "vpc_endpoint_id": {"type": "str"},
    "vpc_id": {"type": "str"},
    "services": {"type": "list", "elements": "str"},
}


def find(client: Any, params: dict[str, Any]) -> list[dict[str, Any]]:
    """Describe the endpoints that are asked for."""
    if params["vpc_endpoint_id"]:
        description = ec2.describe_vpc_endpoint(client, params["vpc_endpoint_id"])
        return [description] if description else []
    services = [full_service_name(service, client.meta.region_name) for service in params["services"] or []]
    return list(ec2.list_vpc_endpoints(client, params["vpc_id"], *services))


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read the endpoints and return what there is to say of them."""
    found = [read(item).as_result() for item in find(client, module.params) if not is_leaving(item)]
    ordered = sorted(found, key=lambda endpoint: (endpoint["service_name"], endpoint["vpc_endpoint_id"]))
    return {"changed": False, "vpc_endpoints": ordered}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        mutually_exclusive=[("vpc_endpoint_id", "vpc_id"), ("vpc_endpoint_id", "services")],
        required_one_of=[("vpc_endpoint_id", "vpc_id")],
        supports_check_mode=True,
    )
    finish(module, module.client("ec2"), run)


if __name__ == "__main__":
    main()
