# SPDX-License-Identifier: GPL-3.0-or-later
"""What the EC2 modules return, turned into what the next task needs."""

from __future__ import annotations

import re
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_facts import (
    nat_gateway_plan,
    placeholder,
    private_route_table_ids,
    route_table_plan,
    subnet_ids,
    subnets_made,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_plan import plan_subnets

ZONES = ["eu-central-1a", "eu-central-1b", "eu-central-1c"]
SUBNETS = plan_subnets("10.0.0.0/16", ZONES, [], [])
MADE = [{"item": subnet, "subnet": {"id": f"subnet-{n:017x}f"}} for n, subnet in enumerate(SUBNETS)]
PUBLIC = [result["subnet"]["id"] for result in MADE[:3]]
PRIVATE = [result["subnet"]["id"] for result in MADE[3:]]
# What ec2_vpc_subnet returns in a dry run for a subnet that it would create.
UNMADE = [{"item": subnet, "changed": True, "subnet": {}} for subnet in SUBNETS]
GATEWAY = {"gateway_id": "igw-0aaa"}


def nats(*zones: str) -> list[dict[str, Any]]:
    return [{"subnet_id": PUBLIC[ZONES.index(zone)], "nat_gateway_id": f"nat-{zone}"} for zone in zones]


def tables_of(results: Any, gateway: Any, gateways: Any) -> list[dict[str, Any]]:
    return route_table_plan(results, gateway, gateways, "shop-dev")


def ways_out(tables: list[dict[str, Any]]) -> dict[str, str]:
    return {table["name"].removeprefix("shop-dev-"): table["default_route"] for table in tables}


@pytest.mark.parametrize("prefix", ["vpc", "subnet", "igw", "nat", "rtb", "sg", "pl"])
def test_placeholder_is_well_formed_and_differs_by_index(prefix: str) -> None:
    ids = {placeholder(prefix, index) for index in range(20)}
    assert len(ids) == 20
    assert all(re.fullmatch(rf"{prefix}-[0-9a-f]{{17}}", one) for one in ids)


def test_subnets_keep_tier_zone_and_cidr_and_get_their_id() -> None:
    assert subnets_made(MADE)[3] == {**SUBNETS[3], "id": PRIVATE[0]}
    assert subnet_ids(MADE, "public") == PUBLIC
    assert subnet_ids(MADE, "private") == PRIVATE


@pytest.mark.parametrize("subnet", [{}, {"subnet": None}, {"subnet": {}}, {"subnet": {"id": None}}])
def test_subnets_that_a_dry_run_would_make_have_distinct_placeholders(subnet: dict[str, Any]) -> None:
    results = [{"item": item, **subnet} for item in SUBNETS]
    ids = [one["id"] for one in subnets_made(results)]
    assert ids == [placeholder("subnet", index) for index in range(6)]


@pytest.mark.parametrize(("mode", "count"), [("per_az", 3), ("single", 1), ("none", 0)])
def test_nat_gateways_go_to_public_subnets_and_are_named_after_their_zones(mode: str, count: int) -> None:
    expected = [{"subnet_id": one, "name": f"shop-dev-{zone}"} for one, zone in zip(PUBLIC, ZONES, strict=True)]
    assert nat_gateway_plan(MADE, mode, "shop-dev") == expected[:count]


def test_public_tier_shares_one_table_to_the_internet_gateway() -> None:
    (public, *_) = tables_of(MADE, GATEWAY, [])
    assert public == {
        "name": "shop-dev-public",
        "tier": "public",
        "subnet_ids": PUBLIC,
        "default_route": "igw-0aaa",
    }


def test_each_private_subnet_has_a_table_of_its_own() -> None:
    (_, *private) = tables_of(MADE, GATEWAY, nats(*ZONES))
    assert [(table["name"], table["tier"], table["subnet_ids"]) for table in private] == [
        (f"shop-dev-private-{zone}", "private", [identity]) for zone, identity in zip(ZONES, PRIVATE, strict=True)
    ]


def test_private_zone_leads_to_the_nat_gateway_of_its_zone() -> None:
    assert ways_out(tables_of(MADE, GATEWAY, nats(*ZONES))) == {
        "public": "igw-0aaa",
        **{f"private-{zone}": f"nat-{zone}" for zone in ZONES},
    }


def test_zone_without_a_nat_gateway_of_its_own_leads_to_another() -> None:
    ways = ways_out(tables_of(MADE, GATEWAY, nats(ZONES[1], ZONES[2])))
    assert [ways[f"private-{zone}"] for zone in ZONES] == [f"nat-{ZONES[1]}", f"nat-{ZONES[1]}", f"nat-{ZONES[2]}"]


def test_private_zones_without_nat_have_no_way_out() -> None:
    tables = ways_out(tables_of(MADE, GATEWAY, []))
    assert [tables[f"private-{zone}"] for zone in ZONES] == ["", "", ""]


def test_dry_run_of_an_empty_account_plans_the_same_tables_with_placeholders() -> None:
    gateways = [{"subnet_id": placeholder("subnet", index), "nat_gateway_id": ""} for index in range(3)]
    tables = tables_of(UNMADE, {"changed": True, "gateway_id": None}, gateways)
    assert [table["name"] for table in tables] == [table["name"] for table in tables_of(MADE, GATEWAY, nats(*ZONES))]
    assert ways_out(tables) == {
        "public": placeholder("igw"),
        **{f"private-{zone}": placeholder("nat", index) for index, zone in enumerate(ZONES)},
    }


def test_gateway_endpoints_are_attached_to_the_private_tables_only() -> None:
    tables = tables_of(MADE, GATEWAY, [])
    results = [{"item": table, "route_table_id": f"rtb-{table['name']}"} for table in tables]
    assert private_route_table_ids(results) == [f"rtb-shop-dev-private-{zone}" for zone in ZONES]


@pytest.mark.parametrize("made", [{}, {"route_table_id": None}, {"route_table_id": ""}])
def test_private_tables_that_a_dry_run_would_make_have_distinct_placeholders(made: dict[str, Any]) -> None:
    results = [{"item": table, **made} for table in tables_of(UNMADE, {}, [])]
    ids = private_route_table_ids(results)
    assert len(set(ids)) == 3
    assert all(re.fullmatch("rtb-[0-9a-f]{17}", one) for one in ids)
