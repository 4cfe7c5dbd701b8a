# SPDX-License-Identifier: GPL-3.0-or-later
"""Which NAT gateways and elastic IPs are made, kept and removed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._nat_gateway_plan import (
    Gateway,
    plan_making,
    plan_removal,
)

OWNER = {"palisade:stack": "shop-dev"}


def tags(owned: bool, name: str = "") -> list[dict[str, str]]:
    found = {**(OWNER if owned else {}), **({"Name": name} if name else {})}
    return [{"Key": key, "Value": value} for key, value in found.items()]


def gateway(identity: str, subnet: str, state: str = "available", address: str = "", **more: Any) -> dict[str, Any]:
    return {
        "NatGatewayId": f"nat-{identity}",
        "SubnetId": subnet,
        "State": state,
        "CreateTime": more.get("made", 1),
        "NatGatewayAddresses": [{"AllocationId": address}] if address else [{}],
        "Tags": tags(more.get("owned", True), subnet),
    }


def address(identity: str, used: bool = False, owned: bool = True, name: str = "") -> dict[str, Any]:
    return {
        "AllocationId": identity,
        "Tags": tags(owned, name),
        **({"AssociationId": f"eipassoc-{identity}"} if used else {}),
    }


def making(gateways: list[Any], addresses: list[Any], *subnets: str) -> Any:
    return plan_making(gateways, addresses, [Gateway(one, one) for one in subnets], OWNER, {})


def made_with(plan: Any) -> dict[str, str]:
    return {one.subnet_id: allocation for one, allocation in plan.create}


def test_missing_gateway_is_made_with_a_new_address() -> None:
    assert made_with(making([], [], "a", "b")) == {"a": "", "b": ""}


def test_addresses_that_are_left_over_are_used_first() -> None:
    left = [address("e2"), address("e1"), address("theirs", owned=False), address("used", used=True)]
    assert made_with(making([], left, "a", "b", "c")) == {"a": "e1", "b": "e2", "c": ""}


@pytest.mark.parametrize("state", ["pending", "deleting"])
def test_address_that_a_gateway_is_about_to_take_or_to_let_go_is_not_free(state: str) -> None:
    there = [gateway("1", "b", state, "e1")]
    assert made_with(making(there, [address("e1")], "a")) == {"a": ""}


@pytest.mark.parametrize("state", ["deleting", "deleted", "failed"])
def test_gateway_that_does_not_live_is_replaced(state: str) -> None:
    assert list(made_with(making([gateway("1", "a", state)], [], "a"))) == ["a"]


def test_gateway_of_somebody_else_in_the_subnet_does_not_count() -> None:
    assert list(made_with(making([gateway("1", "a", owned=False)], [], "a"))) == ["a"]


def test_nothing_is_done_about_gateways_that_are_as_they_should_be() -> None:
    there = [gateway("1", "a", address="e1")]
    assert not making(there, [address("e1", used=True, name="a")], "a")


def test_address_of_a_gateway_is_tagged_so_that_it_is_found_again() -> None:
    plan = making([gateway("1", "a", address="e1")], [address("e1", used=True, owned=False)], "a")
    (change,) = plan.tags
    assert (change.resource_id, change.set) == ("e1", {"palisade:stack": "shop-dev", "Name": "a"})


def test_one_gateway_stays_in_each_excepted_subnet_the_one_that_works() -> None:
    there = [
        gateway("1", "a", "pending", "e1"),
        gateway("2", "a", "available", "e2", made=2),
        gateway("3", "a", "available", "e3", made=3),
        gateway("4", "b", "available", "e4"),
        gateway("5", "b", "available", "e5", owned=False),
    ]
    plan = plan_removal(there, [address(f"e{n}", used=True) for n in range(1, 6)], ["a"], OWNER)
    assert [one["NatGatewayId"] for one in plan.delete] == ["nat-1", "nat-3", "nat-4"]
    assert plan.release == ("e1", "e3", "e4")
    assert plan.adopt == ()


def test_removal_that_was_cut_short_is_finished() -> None:
    there = [gateway("1", "a", "deleting", "e1"), gateway("2", "b", "deleted", "e2")]
    plan = plan_removal(there, [address("e1", used=True), address("e2")], [], OWNER)
    assert plan.delete == ()
    assert [one["NatGatewayId"] for one in plan.leaving] == ["nat-1"]
    assert plan.release == ("e1", "e2")


def test_address_without_a_tag_is_adopted_before_its_gateway_goes() -> None:
    plan = plan_removal([gateway("1", "a", address="e1")], [address("e1", used=True, owned=False)], [], OWNER)
    assert plan.adopt == plan.release == ("e1",)


def test_address_that_is_in_use_elsewhere_or_somebody_elses_stays() -> None:
    assert not plan_removal([], [address("e1", used=True), address("e2", owned=False)], [], OWNER)


def test_address_that_no_longer_exists_is_not_released() -> None:
    assert plan_removal([gateway("1", "a", address="e1")], [], [], OWNER).release == ()
