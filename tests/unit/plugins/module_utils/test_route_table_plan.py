# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a route table."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._route_table_plan import (
    default_target,
    find,
    plan,
    target_argument,
)

ANYWHERE = "0.0.0.0/0"


def table(identity: str, *subnets: str, **route: str) -> dict[str, Any]:
    return {
        "RouteTableId": identity,
        "Routes": [
            {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local"},
            {"DestinationPrefixListId": "pl-1", "GatewayId": "vpce-1"},
            *([{"DestinationCidrBlock": ANYWHERE, **route}] if route else []),
        ],
        "Associations": [
            {"Main": True, "RouteTableAssociationId": f"main-{identity}"},
            *({"SubnetId": one, "RouteTableAssociationId": f"{one}-{identity}", "Main": False} for one in subnets),
        ],
        "Tags": [{"Key": "Name", "Value": identity}],
    }


@pytest.mark.parametrize(
    ("route", "target", "action"),
    [
        ({}, "", ""),
        ({}, "nat-1", "create"),
        ({"NatGatewayId": "nat-1"}, "nat-1", ""),
        ({"NatGatewayId": "nat-1"}, "nat-2", "replace"),
        ({"GatewayId": "igw-1"}, "nat-1", "replace"),
        ({"NatGatewayId": "nat-1"}, "", "delete"),
        ({"TransitGatewayId": "tgw-1"}, "nat-1", "replace"),
        # A route whose target was deleted has none, and is a route nevertheless.
        ({"State": "blackhole"}, "nat-1", "replace"),
        ({"State": "blackhole"}, "", "delete"),
    ],
)
def test_default_route_is_made_replaced_or_taken_away(route: dict[str, str], target: str, action: str) -> None:
    there = table("rtb-1", **route)
    assert plan([there], there, [], target).route == action


def test_other_routes_are_no_default_route() -> None:
    assert default_target(table("rtb-1")) == ""


def test_subnets_are_attached_moved_and_detached() -> None:
    mine, other = table("rtb-1", "stays", "goes"), table("rtb-2", "moves", "theirs")
    change = plan([mine, other], mine, ["stays", "moves", "new"], "")
    assert (change.associate, change.move, change.disassociate) == (("new",), ("moves-rtb-2",), ("goes-rtb-1",))


def test_table_that_is_as_it_should_be_needs_nothing() -> None:
    there = table("rtb-1", "a", NatGatewayId="nat-1")
    assert not plan([there], there, ["a"], "nat-1")


def test_target_is_an_internet_or_a_nat_gateway() -> None:
    assert target_argument("igw-1") == {"GatewayId": "igw-1"}
    assert target_argument("nat-1") == {"NatGatewayId": "nat-1"}
    with pytest.raises(PlanError, match="expected the id of an internet gateway, a NAT gateway"):
        target_argument("vpce-1")


def test_two_tables_of_one_name_are_named() -> None:
    with pytest.raises(PlanError, match=r"2 route tables are named rtb-1 \(rtb-1, rtb-1\)"):
        find([table("rtb-1"), table("rtb-1")], "rtb-1")
