#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a network ACL of a VPC."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_network_acl
author: Palisade contributors (!UNKNOWN)
short_description: Manage a network ACL of a VPC without cutting its subnets off
version_added: 0.1.0
description:
  - Makes a network ACL, its rules and its subnets what they should be, or empties the ACL that every VPC is born with.
  - M(amazon.aws.ec2_vpc_nacl) cannot do it on a network that is in use. It attaches a new ACL to its subnets before it
    has a rule, and changes a rule by deleting it first, so traffic is dropped for a moment. It looks an ACL up by its
    name in all VPCs of the region. It reports a change at each run for a default ACL that has subnets, and has no diff.
  - Here rules are complete before a subnet is attached, a rule is replaced in one call, and surplus rules go last.
options:
  state:
    description:
      - With V(present) the ACL exists and has exactly these rules.
      - With V(absent) it does not exist; its subnets go back to the default ACL of the VPC.
    type: str
    choices: [present, absent]
    default: present
  vpc_id:
    description: The VPC.
    type: str
    required: true
  name:
    description:
      - The tag C(Name) of the ACL, by which it is found in its VPC.
      - Either this or O(default) is required.
    type: str
  default:
    description: Manage the default ACL of the VPC. It cannot be removed, and subnets cannot be attached to it.
    type: bool
    default: false
  ingress:
    description: The rules for traffic into the subnets. Whatever none of them matches is denied.
    type: list
    elements: dict
    default: []
    suboptions: &rule
      rule_number:
        description: The number by which rules are ordered, from 1 to 32766.
        type: int
        required: true
      action:
        description: What becomes of the traffic.
        type: str
        choices: [allow, deny]
        default: allow
      protocol:
        description: The protocol; V(all) is every protocol and every port.
        type: str
        choices: [all, icmp, tcp, udp]
        required: true
      cidr:
        description: The network that the traffic comes from, or goes to.
        type: str
        required: true
      from_port:
        description: The first port, required for V(tcp) and V(udp).
        type: int
      to_port:
        description: The last port, required for V(tcp) and V(udp).
        type: int
      icmp_type:
        description: The type, V(-1) for all, required for V(icmp).
        type: int
      icmp_code:
        description: The code, V(-1) for all, required for V(icmp).
        type: int
  egress:
    description: The rules for traffic out of the subnets. Whatever none of them matches is denied.
    type: list
    elements: dict
    default: []
    suboptions: *rule
  subnet_ids:
    description:
      - The subnets of the ACL. Others that it has go back to the default ACL of the VPC.
      - Subnets are left as they are when this is omitted.
      - In check mode a subnet that is yet to be created may be named.
    type: list
    elements: str
  tags:
    description: Tags of the ACL, besides C(Name).
    type: dict
    default: {}
  purge_tags:
    description: Remove tags that are not in O(tags).
    type: bool
    default: true
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows rules, subnets and tags before and after.
    support: full
notes:
  - A network ACL does not remember connections, so answers need a rule of their own.
  - Network ACLs do not filter traffic to the Amazon DNS server, instance and task metadata, DHCP and the time service.
seealso:
  - name: Network ACL basics
    description: AWS's own description.
    link: https://docs.aws.amazon.com/vpc/latest/userguide/nacl-basics.html
  - module: amazon.aws.ec2_vpc_nacl
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Let HTTPS in from everywhere and answers out
  palisade.ecs.vpc_network_acl:
    vpc_id: vpc-0a1b2c3d4e5f67890
    name: shop-dev-public
    ingress:
      - {rule_number: 100, protocol: tcp, cidr: 0.0.0.0/0, from_port: 443, to_port: 443}
    egress:
      - {rule_number: 100, protocol: tcp, cidr: 0.0.0.0/0, from_port: 1024, to_port: 65535}
    subnet_ids: [subnet-0a1b2c3d4e5f67890]

- name: Empty the ACL that a subnet gets that nobody gave another
  palisade.ecs.vpc_network_acl:
    vpc_id: vpc-0a1b2c3d4e5f67890
    default: true

- name: Remove the ACL
  palisade.ecs.vpc_network_acl:
    vpc_id: vpc-0a1b2c3d4e5f67890
    name: shop-dev-public
    state: absent
"""

RETURN = r"""
network_acl_id:
  description: The id of the ACL. Empty if there is none, or in check mode none yet.
  returned: success
  type: str
  sample: acl-0a1b2c3d4e5f67890
ingress:
  description: The rules for traffic into the subnets after the task. Empty with O(state=absent).
  returned: success
  type: list
  elements: dict
egress:
  description: The rules for traffic out of the subnets after the task. Empty with O(state=absent).
  returned: success
  type: list
  elements: dict
subnet_ids:
  description: The subnets of the ACL after the task, sorted. Empty with O(state=absent).
  returned: success
  type: list
  elements: str
tags:
  description: The tags of the ACL after the task. Empty with O(state=absent).
  returned: success
  type: dict
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._network_acl_api import list_network_acls
from ansible_collections.palisade.ecs.plugins.module_utils._network_acl_apply import apply, remove
from ansible_collections.palisade.ecs.plugins.module_utils._network_acl_plan import associations, desired, find, view
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

RULE = {
    "type": "list",
    "elements": "dict",
    "default": [],
    "options": {
        "rule_number": {"type": "int", "required": True},
        "action": {"type": "str", "choices": ["allow", "deny"], "default": "allow"},
        "protocol": {"type": "str", "choices": ["all", "icmp", "tcp", "udp"], "required": True},
        "cidr": {"type": "str", "required": True},
        "from_port": {"type": "int"},
        "to_port": {"type": "int"},
        "icmp_type": {"type": "int"},
        "icmp_code": {"type": "int"},
    },
}
ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "vpc_id": {"type": "str", "required": True},
    "name": {"type": "str"},
    "default": {"type": "bool", "default": False},
    "ingress": RULE,
    "egress": RULE,
    "subnet_ids": {"type": "list", "elements": "str"},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    acls = list_network_acls(client, params["vpc_id"])
    acl = find(acls, None if params["default"] else params["name"]) or {}
    if params["default"] and not acl and not module.check_mode:
        raise PlanError(f"{params['vpc_id']} has no default network ACL. Is there such a VPC in this region?")
    owned = [subnet for subnet, (_link, owner) in associations(acls).items() if owner == acl.get("NetworkAclId")]
    before = view(acl, owned)
    absent = params["state"] == "absent"
    after = view({}, []) if absent else desired(params, before)
    changed = before != after or (not acl and not absent)
    if changed and not module.check_mode:
        if absent:
            remove(client, acl, acls)
        else:
            after["network_acl_id"] = apply(client, acl, acls, params["vpc_id"], after)
    diff = {"diff": {"before": before if acl else {}, "after": {} if absent else after}} if module._diff else {}
    return {"changed": changed, **after, **diff}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    params = module.params
    if bool(params["name"]) == params["default"]:
        module.fail_json(msg="exactly one of the following is required: name, default")
    if params["default"] and (params["subnet_ids"] is not None or params["state"] == "absent"):
        module.fail_json(msg="default manages the ACL of the VPC itself; it takes no subnet_ids and no absent.")
    finish(module, module.client("ec2"), run)


if __name__ == "__main__":
    main()
