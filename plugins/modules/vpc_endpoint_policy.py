#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Set the policy of a VPC endpoint."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_endpoint_policy
author: Palisade contributors (!UNKNOWN)
short_description: Set the policy of an existing VPC endpoint
version_added: 0.1.0
description:
  - Replaces the policy of a VPC endpoint that exists, or gives it back AWS's default, which allows full access.
  - M(amazon.aws.ec2_vpc_endpoint) cannot do it. It takes a policy when it creates an endpoint, and never modifies
    one that exists. A policy that was changed afterwards is reported as C(ok) and is never put into force.
  - Policies are compared by meaning. The order of statements and of lists, a string in place of a list of one, an
    account's id in place of the ARN of its root as a principal, and the case of condition keys make no difference.
options:
  state:
    description:
      - With V(present) the endpoint has the O(policy).
      - With V(absent) it has AWS's default policy, which lets everybody do everything through it. The module warns
        about that. An endpoint that does not exist needs no change.
    type: str
    choices: [present, absent]
    default: present
  vpc_endpoint_id:
    description:
      - The id of the endpoint.
      - Either this or both O(vpc_id) and O(service) are required.
      - In check mode V(vpce-00000000000000000) stands for an endpoint that is yet to be created.
    type: str
  vpc_id:
    description:
      - The VPC in which the endpoint for O(service) is.
      - In check mode the endpoint may be one that is yet to be created, and so may the VPC.
    type: str
  service:
    description:
      - The service of the endpoint, as V(s3), V(ecr.api), or the full name V(com.amazonaws.eu-central-1.s3).
      - A short name becomes C(com.amazonaws.<region>.<name>). Some services have other names, in China for example.
        Give those in full.
      - A VPC can have several endpoints for one service. The module then fails and asks for O(vpc_endpoint_id).
    type: str
  policy:
    description:
      - The policy, as a dictionary or as a string of JSON.
      - Before anything is changed it is checked against the rules that AWS documents, and refused with what is wrong
        in which statement. At most 20480 characters, each statement with a principal, no wildcards for ids that AWS
        gives out, six characters beside a wildcard of C(StringLike), whole account ids, actions of the service only.
      - A policy for a gateway endpoint needs the principal V(*) in every statement, because there a role never
        matches, and a condition on the principal, for example on C(aws:PrincipalArn), in each that allows. Only the
        statement that allows C(s3:GetObject) on the bucket of Amazon ECR's layers goes without.
        Which type the endpoint has is unknown, and this not checked, as long as the endpoint does not exist.
      - Required with O(state=present), ignored with O(state=absent).
    type: json
  allow_deny_all:
    description:
      - Accept a policy in which no statement has the effect C(Allow). It denies everything, not only what it mentions.
    type: bool
    default: false
  allow_ecr_cut_off:
    description:
      - Accept a policy for a gateway endpoint of S3 that keeps the layers of images in Amazon ECR from being pulled.
        Right if nothing in the VPC pulls from it, or all that does has another way to S3.
    type: bool
    default: false
  wait:
    description:
      - Wait until the endpoint is available, both before and after its policy is replaced.
    type: bool
    default: true
  wait_timeout:
    description:
      - How many seconds to wait at most, each time.
    type: int
    default: 300
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the policy before and after, as JSON with sorted keys.
    support: full
notes:
  - AWS puts a new policy into force within minutes, not at once.
  - Through a gateway endpoint for S3, Amazon ECR sends the layers of images by URLs which its own principal has
    signed. The statement that allows C(s3:GetObject) on its layer bucket must not have a condition on the principal.
seealso:
  - module: amazon.aws.ec2_vpc_endpoint
  - name: Control access to VPC endpoints using endpoint policies
    description: AWS's own description, with the rules for gateway endpoints.
    link: https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Let one role read one table through the gateway endpoint for DynamoDB
  palisade.ecs.vpc_endpoint_policy:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    service: dynamodb
    policy:
      Version: "2012-10-17"
      Statement:
        - Sid: ReadOrders
          Effect: Allow
          Principal: "*"
          Action: [dynamodb:GetItem, dynamodb:Query]
          Resource: arn:aws:dynamodb:eu-central-1:123456789012:table/orders
          Condition:
            ArnEquals:
              aws:PrincipalArn: arn:aws:iam::123456789012:role/shop-task

- name: Replace the policy of an endpoint by one from a file
  palisade.ecs.vpc_endpoint_policy:
    region: eu-central-1
    vpc_endpoint_id: vpce-0a1b2c3d4e5f67890
    policy: "{{ lookup('ansible.builtin.file', 'orders.json') }}"

- name: Give the endpoint back AWS's default policy
  palisade.ecs.vpc_endpoint_policy:
    region: eu-central-1
    vpc_id: vpc-0a1b2c3d4e5f67890
    service: dynamodb
    state: absent
"""

RETURN = r"""
vpc_endpoint_id:
  description: The id of the endpoint. Empty if it does not exist, which is an error only outside check mode.
  returned: success
  type: str
  sample: vpce-0a1b2c3d4e5f67890
service_name:
  description:
    - The full name of the endpoint's service.
    - Empty if the endpoint does not exist and was looked for by its id.
  returned: success
  type: str
  sample: com.amazonaws.eu-central-1.dynamodb
vpc_endpoint_type:
  description: The type of the endpoint. Empty if it does not exist.
  returned: success
  type: str
  sample: Gateway
policy:
  description:
    - The policy that the endpoint has after the task, or in check mode would have.
    - Written as AWS has it if it already means what is wanted. Empty if O(state=absent) and there is no endpoint.
  returned: success
  type: dict
  sample:
    Version: "2012-10-17"
    Statement:
      - Effect: Allow
        Principal: "*"
        Action: "dynamodb:GetItem"
        Resource: "arn:aws:dynamodb:eu-central-1:123456789012:table/orders"
"""

from typing import Any

# AnsibleAWSModule.warn works as well, but makes ansible-core 2.21 complain about how it passes the warning on.
from ansible.module_utils.common.warnings import warn
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _endpoint_policy_rules as rules
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import parse
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint import full_service_name
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_policy_apply import apply, check, find
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_policy_plan import Wanted, plan, select

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "vpc_endpoint_id": {"type": "str"},
    "vpc_id": {"type": "str"},
    "service": {"type": "str"},
    "policy": {"type": "json"},
    "allow_deny_all": {"type": "bool", "default": False},
    "allow_ecr_cut_off": {"type": "bool", "default": False},
    "wait": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 300},
}


def desired(params: dict[str, Any], region: str) -> Wanted:
    """Read the task's arguments; raises PolicyError for a policy that no endpoint can have."""
    policy = parse(params["policy"]) if params["state"] == "present" else None
    if policy is not None:
        rules.refuse(rules.problems(policy, params["allow_deny_all"]))
    return Wanted(
        vpc_endpoint_id=params["vpc_endpoint_id"] or "",
        vpc_id=params["vpc_id"] or "",
        service_name=full_service_name(params["service"], region) if params["service"] else "",
        policy=policy,
    )


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    wanted = desired(module.params, client.meta.region_name)
    change = plan(select(find(client, wanted), wanted, module.check_mode), wanted)
    check(client, change, module.params["allow_ecr_cut_off"])
    if wanted.policy is None and change.after is not None:
        warn(f"AWS's default policy lets everybody do everything through VPC endpoint {wanted}")
    if change and not module.check_mode:
        apply(client, change, module.params["wait"], module.params["wait_timeout"])
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        mutually_exclusive=[("vpc_endpoint_id", "vpc_id")],
        required_one_of=[("vpc_endpoint_id", "vpc_id")],
        required_together=[("vpc_id", "service")],
        required_if=[("state", "present", ["policy"])],
        supports_check_mode=True,
    )
    finish(module, module.client("ec2"), run)


if __name__ == "__main__":
    main()
