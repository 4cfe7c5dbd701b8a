# SPDX-License-Identifier: GPL-3.0-or-later
"""A VPC divided into subnets."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_plan import (
    NetworkProblem,
    nat_zones,
    plan_subnets,
)

ZONES = [f"eu-central-1{letter}" for letter in "abcdef"]
VPCS = ["10.0.0.0/16", "172.16.128.0/17", "192.168.4.0/22", "10.9.8.0/23"]


def plan(
    vpc: str = "10.0.0.0/16",
    zones: list[str] = ZONES,
    count: Any = 2,
    public: list[str] | None = None,
    private: list[str] | None = None,
) -> list[dict[str, Any]]:
    return plan_subnets(vpc, zones, count, public or [], private or [])


def refusal(**arguments: Any) -> str:
    with pytest.raises(NetworkProblem) as problem:
        plan(**arguments)
    return str(problem.value)


def test_each_zone_gets_a_public_and_a_private_subnet() -> None:
    assert plan() == [
        {"tier": "public", "zone": "eu-central-1a", "cidr": "10.0.0.0/20"},
        {"tier": "public", "zone": "eu-central-1b", "cidr": "10.0.16.0/20"},
        {"tier": "private", "zone": "eu-central-1a", "cidr": "10.0.128.0/20"},
        {"tier": "private", "zone": "eu-central-1b", "cidr": "10.0.144.0/20"},
    ]


@pytest.mark.parametrize("vpc", VPCS)
@pytest.mark.parametrize("count", range(2, 6))
def test_adding_a_zone_moves_no_subnet(vpc: str, count: int) -> None:
    before, after = plan(vpc, count=count), plan(vpc, count=count + 1)
    assert [subnet for subnet in after if subnet in before] == before
    assert len(after) == len(before) + 2


@pytest.mark.parametrize("vpc", VPCS)
@pytest.mark.parametrize("count", range(2, 7))
def test_calculated_subnets_lie_apart_inside_the_vpc_and_hold_a_load_balancer(vpc: str, count: int) -> None:
    networks = [IPv4Network(subnet["cidr"]) for subnet in plan(vpc, count=count)]
    assert len(networks) == 2 * count
    assert all(network.subnet_of(IPv4Network(vpc)) and network.prefixlen <= 27 for network in networks)
    assert not any(one.overlaps(other) for one, other in combinations(networks, 2))


def test_zones_are_taken_in_alphabetical_order_whatever_aws_says_first() -> None:
    assert plan(zones=ZONES[::-1]) == plan(zones=ZONES)


def test_count_from_the_command_line_is_a_string() -> None:
    assert plan(count="3") == plan(count=3)


def test_given_networks_go_to_the_zones_in_order() -> None:
    subnets = plan(public=["10.0.2.0/24", "10.0.1.0/24"], private=["10.0.64.0/18", "10.0.128.0/18"])
    assert [(subnet["zone"][-1], subnet["cidr"]) for subnet in subnets] == [
        ("a", "10.0.2.0/24"),
        ("b", "10.0.1.0/24"),
        ("a", "10.0.64.0/18"),
        ("b", "10.0.128.0/18"),
    ]


def test_one_tier_may_be_given_and_the_other_calculated() -> None:
    assert [subnet["cidr"] for subnet in plan(public=["10.0.0.0/27", "10.0.0.32/27"])] == [
        "10.0.0.0/27",
        "10.0.0.32/27",
        "10.0.128.0/20",
        "10.0.144.0/20",
    ]


@pytest.mark.parametrize("count", [-1, 0, 1, 7, "1"])
def test_count_that_no_load_balancer_or_region_has_is_refused(count: Any) -> None:
    assert refusal(count=count) == f"network_az_count is {count}; expected a number from 2 to 6."


def test_region_with_fewer_zones_than_asked_for_is_named_with_what_it_has() -> None:
    message = refusal(zones=["us-west-1c", "us-west-1a"], count=3)
    assert message.startswith(
        "network_az_count is 3, but the region offers 2 availability zones (us-west-1a, us-west-1c)"
    )
    assert "palisade_region" in message


@pytest.mark.parametrize("vpc", ["10.0.0.0/15", "10.0.0.0/24", "10.0.0.0/28"])
def test_vpc_of_a_size_that_cannot_work_is_refused(vpc: str) -> None:
    assert refusal(vpc=vpc).startswith(f"network_vpc_cidr is {vpc}; expected a prefix from /16 to /23")


@pytest.mark.parametrize("cidr", ["", "10.0.0.0/33", "10.0.0.1/16", "300.0.0.0/16", "2001:db8::/56", "vpc"])
def test_malformed_network_is_quoted_with_its_variable(cidr: str) -> None:
    assert refusal(vpc=cidr).startswith(f"network_vpc_cidr has {cidr!r}: ")
    assert refusal(public=[cidr, "10.0.1.0/24"]).startswith(f"network_public_cidrs has {cidr!r}: ")
    assert refusal(private=["10.0.1.0/24", cidr]).startswith(f"network_private_cidrs has {cidr!r}: ")


@pytest.mark.parametrize("given", [["10.0.1.0/24"], ["10.0.1.0/24", "10.0.2.0/24", "10.0.3.0/24"]])
def test_other_number_of_networks_than_zones_is_refused(given: list[str]) -> None:
    expected = f"has {len(given)} networks; expected 2, one per availability zone."
    assert refusal(public=given) == f"network_public_cidrs {expected}"
    assert refusal(private=given) == f"network_private_cidrs {expected}"


@pytest.mark.parametrize("cidr", ["10.1.0.0/24", "192.168.0.0/24", "10.0.0.0/15"])
def test_network_outside_the_vpc_is_refused(cidr: str) -> None:
    assert refusal(private=["10.0.1.0/24", cidr]) == (
        f"network_private_cidrs has {cidr}, which is not inside network_vpc_cidr 10.0.0.0/16."
    )


def test_network_that_is_too_small_for_a_load_balancer_is_refused() -> None:
    message = refusal(public=["10.0.1.0/28", "10.0.2.0/27"])
    assert message == "network_public_cidrs has 10.0.1.0/28, which is too small; expected /27 or larger."


@pytest.mark.parametrize(
    ("public", "private", "expected"),
    [
        (["10.0.1.0/24", "10.0.1.128/25"], None, "network_public_cidrs has 10.0.1.0/24, which overlaps 10.0.1.128/25"),
        (None, ["10.0.1.0/24", "10.0.1.0/24"], "network_private_cidrs"),
        (["10.0.1.0/24", "10.0.2.0/24"], ["10.0.0.0/22", "10.0.8.0/22"], "overlaps 10.0.0.0/22 in network_private_"),
        (["10.0.1.0/24", "10.0.144.0/24"], None, "overlaps 10.0.144.0/20 in network_private_cidrs"),
    ],
    ids=["same tier", "twice", "other tier", "calculated tier"],
)
def test_networks_that_overlap_are_both_named(public: list[str], private: list[str], expected: str) -> None:
    assert expected in refusal(public=public, private=private)


def test_netmask_in_place_of_a_prefix_is_refused() -> None:
    refusal(vpc="10.0.0.0/255.255.0.0")


@pytest.mark.parametrize(
    ("mode", "zones"),
    [("per_az", ["eu-central-1a", "eu-central-1b", "eu-central-1c"]), ("single", ["eu-central-1a"]), ("none", [])],
)
def test_mode_says_which_zones_get_a_nat_gateway(mode: str, zones: list[str]) -> None:
    assert nat_zones(plan(count=3), mode) == zones
