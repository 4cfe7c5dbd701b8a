# SPDX-License-Identifier: GPL-3.0-or-later
"""A VPC divided into subnets."""

from __future__ import annotations

from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_plan import (
    check_stack,
    nat_zones,
    places,
    plan_subnets,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem

ZONES = [f"eu-central-1{letter}" for letter in "abcdef"]
VPCS = ["10.0.0.0/16", "172.16.128.0/17", "192.168.4.0/22", "10.9.8.0/23"]


def plan(
    vpc: str = "10.0.0.0/16",
    count: int = 2,
    public: list[str] | None = None,
    private: list[str] | None = None,
) -> list[dict[str, Any]]:
    return plan_subnets(vpc, ZONES[:count], public or [], private or [])


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


@pytest.mark.parametrize("vpc", ["127.0.0.0/16", "169.254.0.0/16", "224.0.0.0/16", "0.0.0.0/16"])
def test_range_that_no_vpc_can_have_is_refused(vpc: str) -> None:
    assert "which no VPC can have" in refusal(vpc=vpc)


def existing(tier: str, cidr: str, zone: str) -> dict[str, Any]:
    return {
        "subnet_id": f"subnet-{zone}",
        "cidr_block": cidr,
        "availability_zone": zone,
        "tags": {"palisade:tier": tier},
    }


CALCULATED: dict[str, list[str]] = {"public": [], "private": []}


def test_zones_of_a_stack_have_the_places_of_their_subnets_whatever_their_names() -> None:
    subnets = [
        existing("public", "10.0.16.0/20", "eu-central-1a"),
        existing("private", "10.0.128.0/20", "eu-central-1c"),
    ]
    assert places(subnets, "10.0.0.0/16", CALCULATED) == {1: "eu-central-1a", 0: "eu-central-1c"}


def test_places_of_given_networks_are_those_of_the_list() -> None:
    given = {"public": ["10.0.9.0/24", "10.0.1.0/24"], "private": []}
    assert places([existing("public", "10.0.1.0/24", "b")], "10.0.0.0/16", given) == {1: "b"}


@pytest.mark.parametrize(
    ("subnets", "tier"),
    [
        ([existing("public", "10.0.1.0/24", "a")], "public"),
        ([existing("private", "10.0.0.0/20", "a")], "private"),
        ([existing("public", "10.0.0.0/20", "a"), existing("private", "10.0.128.0/20", "b")], "private"),
    ],
    ids=["another network", "the network of the other tier", "the zone of another subnet"],
)
def test_subnet_that_would_have_to_move_is_named(subnets: list[dict[str, Any]], tier: str) -> None:
    with pytest.raises(NetworkProblem, match=f"^The {tier} subnet subnet-.* AWS cannot move a subnet"):
        places(subnets, "10.0.0.0/16", CALCULATED)


def test_stack_without_a_vpc_or_with_the_same_range_is_fine() -> None:
    check_stack([], "10.0.0.0/16", "shop-dev")
    check_stack([{"id": "vpc-0a", "cidr_block": "10.0.0.0/16"}], "10.0.0.0/16", "shop-dev")


def test_other_range_than_that_of_the_living_vpc_is_refused() -> None:
    with pytest.raises(NetworkProblem) as problem:
        check_stack([{"id": "vpc-0a", "cidr_block": "10.0.0.0/16"}], "10.9.0.0/16", "shop-dev")
    message = str(problem.value)
    assert message.startswith("network_vpc_cidr is 10.9.0.0/16, but the VPC vpc-0a of shop-dev has 10.0.0.0/16")
    assert "Set network_vpc_cidr to 10.0.0.0/16" in message


def test_two_vpcs_of_one_stack_are_named() -> None:
    vpcs = [{"id": f"vpc-0{letter}", "cidr_block": "10.0.0.0/16"} for letter in "ab"]
    with pytest.raises(NetworkProblem, match=r"2 VPCs are tagged palisade:stack=shop-dev \(vpc-0a, vpc-0b\); expected"):
        check_stack(vpcs, "10.0.0.0/16", "shop-dev")
