#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage the NAT gateways of a VPC and their elastic IPs."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_nat_gateways
author: Palisade contributors (!UNKNOWN)
short_description: Manage the NAT gateways of a VPC together with their elastic IPs
version_added: 0.1.0
description:
  - Makes the NAT gateways that a VPC should have, all at the same time, or removes those that it should not.
  - An elastic IP belongs to its gateway. It is tagged while it is allocated, so a run that is cut short loses none. The
    next one uses it, or releases it.
  - M(amazon.aws.ec2_vpc_nat_gateway) cannot do it. It allocates addresses without a tag and leaves them behind, to be
    paid for, when it fails or is stopped between two calls. It makes one gateway after the other, minutes each.
  - Making and removing are two tasks, because routes have to be changed in between. A route to a gateway that is gone
    is a black hole.
options:
  state:
    description:
      - With V(present) the O(gateways) exist and can be used. Nothing is removed.
      - With V(absent) gateways and addresses are removed, except those in O(except_subnet_ids).
    type: str
    choices: [present, absent]
    default: present
  vpc_id:
    description:
      - The VPC.
      - In check mode it may be one that is yet to be created.
    type: str
    required: true
  owner:
    description:
      - Tags by which gateways and addresses are known to belong together. Others are never touched.
      - Elastic IPs have no VPC, so the tags should name what owns them throughout the region.
    type: dict
    required: true
  gateways:
    description: The gateways that there should be, required with O(state=present).
    type: list
    elements: dict
    suboptions:
      subnet_id:
        description: The public subnet.
        type: str
        required: true
      name:
        description: The tag C(Name) of the gateway and its address.
        type: str
        required: true
  except_subnet_ids:
    description: The subnets that keep one gateway each with O(state=absent).
    type: list
    elements: str
    default: []
  tags:
    description: Further tags of the gateways and addresses. Tags that are not asked for are removed.
    type: dict
    default: {}
  wait_timeout:
    description: How many seconds to wait at most until gateways can be used, or are deleted.
    type: int
    default: 600
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the gateways and the addresses before and after.
    support: full
seealso:
  - module: palisade.ecs.vpc_route_table
  - module: amazon.aws.ec2_vpc_nat_gateway
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Make a NAT gateway in each of two public subnets
  palisade.ecs.vpc_nat_gateways:
    vpc_id: vpc-0a1b2c3d4e5f67890
    owner: {"palisade:stack": shop-dev}
    gateways:
      - {subnet_id: subnet-0a1b2c3d4e5f67890, name: shop-dev-eu-central-1a}
      - {subnet_id: subnet-0b1c2d3e4f5a67890, name: shop-dev-eu-central-1b}

- name: Keep one of them, now that no route leads to the other
  palisade.ecs.vpc_nat_gateways:
    state: absent
    vpc_id: vpc-0a1b2c3d4e5f67890
    owner: {"palisade:stack": shop-dev}
    except_subnet_ids: [subnet-0a1b2c3d4e5f67890]

- name: Remove all
  palisade.ecs.vpc_nat_gateways:
    state: absent
    vpc_id: vpc-0a1b2c3d4e5f67890
    owner: {"palisade:stack": shop-dev}
"""

RETURN = r"""
nat_gateways:
  description: The gateways of O(gateways) in that order, or with O(state=absent) those that are kept.
  returned: success
  type: list
  elements: dict
  contains:
    subnet_id:
      description: The public subnet.
      type: str
      returned: always
    nat_gateway_id:
      description: The id of the gateway. Empty in check mode if it is yet to be created.
      type: str
      returned: always
    allocation_ids:
      description: The elastic IPs.
      type: list
      elements: str
      returned: always
removed_nat_gateway_ids:
  description: The gateways that were removed, or in check mode would be.
  returned: success
  type: list
  elements: str
released_allocation_ids:
  description: The elastic IPs that were released, or in check mode would be.
  returned: success
  type: list
  elements: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _nat_gateway_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._nat_gateway_apply import make, remove
from ansible_collections.palisade.ecs.plugins.module_utils._nat_gateway_plan import (
    LIVING,
    Gateway,
    ours,
    plan_making,
    plan_removal,
    view,
)

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "vpc_id": {"type": "str", "required": True},
    "owner": {"type": "dict", "required": True},
    "gateways": {
        "type": "list",
        "elements": "dict",
        "options": {"subnet_id": {"type": "str", "required": True}, "name": {"type": "str", "required": True}},
    },
    "except_subnet_ids": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict", "default": {}},
    "wait_timeout": {"type": "int", "default": 600},
}


def present(module: Any, client: Any, gateways: list[Any], addresses: list[Any]) -> dict[str, Any]:
    """Make what is missing."""
    params = module.params
    owner = params["owner"]
    wanted = [Gateway(one["subnet_id"], one["name"]) for one in params["gateways"]]
    making = plan_making(gateways, addresses, wanted, owner, params["tags"])
    waiting = any(found["State"] == "pending" for _zone, found in making.keep)
    if (making or waiting) and not module.check_mode:
        make(client, making, {**params["tags"], **owner}, params["wait_timeout"])
        gateways = api.list_nat_gateways(client, params["vpc_id"])
        making_now = plan_making(gateways, addresses, wanted, owner, params["tags"])
        kept = {gateway.subnet_id: found for gateway, found in making_now.keep}
    else:
        kept = {gateway.subnet_id: found for gateway, found in making.keep}
    none = {"NatGatewayId": ""}
    found = [view([kept.get(one.subnet_id, {**none, "SubnetId": one.subnet_id})])[0] for one in wanted]
    return {"changed": bool(making), "nat_gateways": found, "removed": [], "released": []}


def absent(module: Any, client: Any, gateways: list[Any], addresses: list[Any]) -> dict[str, Any]:
    """Remove what is surplus."""
    params = module.params
    removal = plan_removal(gateways, addresses, params["except_subnet_ids"], params["owner"])
    if removal and not module.check_mode:
        remove(client, removal, params["owner"], params["wait_timeout"])
    gone = [one["NatGatewayId"] for one in removal.delete]
    kept = [one for one in ours(gateways, params["owner"]) if one["State"] in LIVING and one not in removal.delete]
    return {
        "changed": bool(removal),
        "nat_gateways": view(kept),
        "removed": gone,
        "released": list(removal.release),
    }


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    gateways = api.list_nat_gateways(client, module.params["vpc_id"])
    addresses = api.list_addresses(client)
    before = view([one for one in ours(gateways, module.params["owner"]) if one["State"] in LIVING])
    done = (present if module.params["state"] == "present" else absent)(module, client, gateways, addresses)
    made = {one["subnet_id"] for one in done["nat_gateways"]}
    # With present nothing is removed: what is not asked for stays.
    rest = [one for one in before if one["subnet_id"] not in made and one["nat_gateway_id"] not in done["removed"]]
    after = sorted([*done["nat_gateways"], *rest], key=lambda one: str(one["subnet_id"]))
    result = {
        "changed": done["changed"],
        "nat_gateways": done["nat_gateways"],
        "removed_nat_gateway_ids": done["removed"],
        "released_allocation_ids": done["released"],
    }
    if module._diff:
        mine = {one["AllocationId"] for one in ours(addresses, module.params["owner"])}
        left = sorted(mine - set(done["released"]))
        result["diff"] = {
            "before": {"nat_gateways": before, "allocation_ids": sorted(mine | set(done["released"]))},
            "after": {"nat_gateways": after, "allocation_ids": left},
        }
    return result


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["gateways"])],
        supports_check_mode=True,
    )
    if not module.params["owner"]:
        module.fail_json(msg="owner is empty; expected a tag, or every elastic IP of the region would be meant.")
    finish(module, module.client("ec2"), run)


if __name__ == "__main__":
    main()
