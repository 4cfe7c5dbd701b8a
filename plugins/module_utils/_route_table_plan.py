# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a route table, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

ANYWHERE = "0.0.0.0/0"
# The argument of CreateRoute, and the key of a described route, for each kind of target.
TARGETS = {"igw": "GatewayId", "nat": "NatGatewayId"}
Described = Mapping[str, Any]


@dataclass(frozen=True)
class Change:
    """What has to be written: the default route, and the associations of subnets."""

    route: str  # "", "create", "replace" or "delete"
    associate: tuple[str, ...]
    move: tuple[str, ...]  # associations that another table has
    disassociate: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.route or self.associate or self.move or self.disassociate)


def target_argument(target: str) -> dict[str, str]:
    """Return the argument of CreateRoute for a target; raises PlanError when it is neither IGW nor NAT gateway."""
    kind = TARGETS.get(target.partition("-")[0])
    if not kind:
        raise PlanError(f"default_route is {target!r}; expected the id of an internet gateway, a NAT gateway, or ''.")
    return {kind: target}


def find(tables: Sequence[Described], name: str) -> Described | None:
    """Return the table with a name; raises PlanError when several have it."""
    found = [table for table in tables if {"Key": "Name", "Value": name} in (table.get("Tags") or [])]
    if len(found) > 1:
        ids = ", ".join(table["RouteTableId"] for table in found)
        raise PlanError(f"{len(found)} route tables are named {name} ({ids}); expected one. Rename the others.")
    return found[0] if found else None


def default_route(table: Described) -> Described | None:
    """Return the route to anywhere, whatever it leads to."""
    return next((route for route in table.get("Routes", []) if route.get("DestinationCidrBlock") == ANYWHERE), None)


def default_target(table: Described) -> str:
    """Return where the default route of a table leads, or an empty string."""
    route = default_route(table) or {}
    keys = ("GatewayId", "NatGatewayId", "TransitGatewayId", "VpcPeeringConnectionId", "NetworkInterfaceId")
    return str(next((route[key] for key in keys if route.get(key)), ""))


def associations(tables: Sequence[Described]) -> dict[str, tuple[str, str]]:
    """Return, for each subnet that has a table of its own, the id of the association and of the table."""
    return {
        one["SubnetId"]: (one["RouteTableAssociationId"], table["RouteTableId"])
        for table in tables
        for one in table.get("Associations", [])
        if one.get("SubnetId") and not one.get("Main")
    }


def plan(tables: Sequence[Described], table: Described, subnet_ids: Sequence[str], target: str) -> Change:
    """Return what gives a table its default route and its subnets; routes to other destinations stay as they are."""
    table_id = table.get("RouteTableId", "")
    attached = associations(tables)
    return Change(
        route=_route(table, target),
        associate=tuple(one for one in subnet_ids if one not in attached),
        move=tuple(attached[one][0] for one in subnet_ids if one in attached and attached[one][1] != table_id),
        disassociate=tuple(
            association
            for subnet, (association, owner) in attached.items()
            if owner == table_id and subnet not in subnet_ids
        ),
    )


def _route(table: Described, target: str) -> str:
    route = default_route(table)
    if not route:
        return "create" if target else ""
    if not target:
        return "delete"
    return "" if default_target(table) == target else "replace"
