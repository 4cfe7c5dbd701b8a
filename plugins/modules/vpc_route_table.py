#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage the default route and the subnets of a route table."""

from __future__ import annotations

DOCUMENTATION = r"""
module: vpc_route_table
author: Palisade contributors (!UNKNOWN)
short_description: Manage the default route and the subnets of a route table
version_added: 0.1.0
description:
  - Makes a route table exist with its subnets and its default route. It leaves every other route alone, those of
    gateway endpoints and of peering connections for example.
  - M(amazon.aws.ec2_vpc_route_table) cannot do it on a network that is in use. It finds a table by all its tags, so
    that a new tag makes a second table and moves the subnets there. It detaches a subnet that another table has, and
    attaches it only when it is run once more. It removes a default route only together with all other routes to
    networks.
  - Here a route is replaced, and a subnet is moved, in one call each, so traffic has a way at any time.
options:
  state:
    description:
      - With V(present) the table exists.
      - With V(absent) it does not exist; its subnets go back to the main table of the VPC.
    type: str
    choices: [present, absent]
    default: present
  vpc_id:
    description: The VPC. In check mode it may be one that is yet to be created.
    type: str
    required: true
  name:
    description: The tag C(Name) of the table, by which it is found in its VPC.
    type: str
    required: true
  default_route:
    description:
      - Where the route to V(0.0.0.0/0) leads, the id of an internet gateway or of a NAT gateway.
      - Empty for a table that has no such route.
    type: str
    default: ""
  subnet_ids:
    description: The subnets of the table. Others that it has go back to the main table of the VPC.
    type: list
    elements: str
    default: []
  tags:
    description: Tags of the table, besides C(Name).
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
    description: Shows the default route, the subnets and the tags before and after.
    support: full
seealso:
  - module: palisade.ecs.vpc_nat_gateways
  - module: amazon.aws.ec2_vpc_route_table
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Lead the private subnet of a zone to the NAT gateway of that zone
  palisade.ecs.vpc_route_table:
    vpc_id: vpc-0a1b2c3d4e5f67890
    name: shop-dev-private-eu-central-1a
    default_route: nat-0a1b2c3d4e5f67890
    subnet_ids: [subnet-0a1b2c3d4e5f67890]

- name: Take its way to the internet away
  palisade.ecs.vpc_route_table:
    vpc_id: vpc-0a1b2c3d4e5f67890
    name: shop-dev-private-eu-central-1a
    default_route: ""
    subnet_ids: [subnet-0a1b2c3d4e5f67890]

- name: Remove the table
  palisade.ecs.vpc_route_table:
    vpc_id: vpc-0a1b2c3d4e5f67890
    name: shop-dev-private-eu-central-1a
    state: absent
"""

RETURN = r"""
route_table_id:
  description: The id of the table. Empty if there is none, or in check mode none yet.
  returned: success
  type: str
  sample: rtb-0a1b2c3d4e5f67890
default_route:
  description: Where the default route leads after the task. Empty if there is none.
  returned: success
  type: str
  sample: nat-0a1b2c3d4e5f67890
subnet_ids:
  description: The subnets of the table after the task, sorted. Empty with O(state=absent).
  returned: success
  type: list
  elements: str
tags:
  description: The tags of the table after the task. Empty with O(state=absent).
  returned: success
  type: dict
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _route_table_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._route_table_plan import (
    associations,
    default_target,
    find,
    plan,
    target_argument,
)
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import apply_tags, tag_change, tags_of

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "vpc_id": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "default_route": {"type": "str", "default": ""},
    "subnet_ids": {"type": "list", "elements": "str", "default": []},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}
NOTHING: dict[str, Any] = {"route_table_id": "", "default_route": "", "subnet_ids": [], "tags": {}}


def view(table: Any, tables: list[Any]) -> dict[str, Any]:
    """Return what there is, as it is returned and shown in a diff."""
    subnets = [subnet for subnet, (_link, owner) in associations(tables).items() if owner == table["RouteTableId"]]
    return {
        "route_table_id": table["RouteTableId"],
        "default_route": default_target(table),
        "subnet_ids": sorted(subnets),
        "tags": tags_of(table),
    }


def desired(params: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
    """Return what there should be."""
    wanted = {**params["tags"], "Name": params["name"]}
    unset = tag_change("", before["tags"], wanted, params["purge_tags"]).unset
    kept = {key: value for key, value in before["tags"].items() if key not in unset}
    if params["default_route"]:
        target_argument(params["default_route"])
    return {
        "route_table_id": before["route_table_id"],
        "default_route": params["default_route"],
        "subnet_ids": sorted(set(params["subnet_ids"])),
        "tags": {**kept, **wanted},
    }


def apply(client: Any, table: Any, tables: list[Any], vpc_id: str, after: dict[str, Any]) -> str:
    """Write what differs, the route first, so that a subnet never comes to a table without one; return the id."""
    if not table:
        table = api.create_route_table(client, vpc_id, after["tags"])
    table_id = str(table["RouteTableId"])
    change = plan(tables, table, after["subnet_ids"], after["default_route"])
    if change.route:
        api.set_default_route(client, table_id, change.route, after["default_route"])
    for subnet in change.associate:
        api.associate(client, table_id, subnet)
    for association in change.move:
        api.move(client, association, table_id)
    for association in change.disassociate:
        api.disassociate(client, association)
    apply_tags(client, tag_change(table_id, tags_of(table), after["tags"], purge=True), api.NOT_YET)
    return table_id


def remove(client: Any, table_id: str, tables: list[Any]) -> None:
    """Detach the subnets and delete the table."""
    for association, owner in associations(tables).values():
        if owner == table_id:
            api.disassociate(client, association)
    api.delete_route_table(client, table_id)


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    tables = api.list_route_tables(client, params["vpc_id"])
    table = find(tables, params["name"])
    absent = params["state"] == "absent"
    before = view(table, tables) if table else NOTHING
    after = dict(NOTHING) if absent else desired(params, before)
    changed = before != after
    if changed and not module.check_mode:
        if absent:
            remove(client, before["route_table_id"], tables)
        else:
            after["route_table_id"] = apply(client, table, tables, params["vpc_id"], after)
    diff = {"diff": {"before": before if table else {}, "after": {} if absent else after}} if module._diff else {}
    return {"changed": changed, **after, **diff}


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("ec2"), run)


if __name__ == "__main__":
    main()
