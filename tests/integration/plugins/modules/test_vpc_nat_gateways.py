# SPDX-License-Identifier: GPL-3.0-or-later
"""NAT gateways and their elastic IPs, kept by modules and asked for at EC2."""

from __future__ import annotations

import urllib.request
from typing import Any

import pytest
from moto.ec2.models.nat_gateways import NatGatewayBackend

from emulator.control_plane.fidelity.error import AwsError
from tests.integration.plugins.modules.ec2_account import Ec2, Json, Modules

MODULE = "palisade.ecs.vpc_nat_gateways"
OWNER = {"palisade:stack": "shop-dev"}
RESULT_KEYS = {"changed", "nat_gateways", "removed_nat_gateway_ids", "released_allocation_ids"}


def task(dry: bool = False, **arguments: Any) -> Json:
    return {MODULE: {"owner": OWNER, **arguments}, "check_mode": dry, "diff": dry}


def addresses(ec2: Ec2) -> dict[str, Any]:
    """Return the elastic IPs of the stack, and whether something has them."""
    filters = [{"Name": "tag:palisade:stack", "Values": ["shop-dev"]}]
    found = ec2.client.describe_addresses(Filters=filters)["Addresses"]
    return {one["AllocationId"]: bool(one.get("AssociationId")) for one in found}


def living(ec2: Ec2, vpc: str) -> list[str]:
    filters = [{"Name": "vpc-id", "Values": [vpc]}, {"Name": "state", "Values": ["available", "pending"]}]
    return [one["NatGatewayId"] for one in ec2.client.describe_nat_gateways(Filter=filters)["NatGateways"]]


def foreign_gateway(ec2: Ec2, subnet: str) -> tuple[str, str]:
    """Make a gateway that somebody else has put into a subnet."""
    address = ec2.client.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.client.create_nat_gateway(SubnetId=subnet, AllocationId=address)["NatGateway"]
    return str(made["NatGatewayId"]), str(address)


@pytest.fixture
def network(ec2: Ec2) -> tuple[str, list[str]]:
    """A VPC with two subnets in an account without elastic IPs."""
    urllib.request.urlopen(f"{ec2.url}/moto-api/reset", data=b"", timeout=10).close()  # noqa: S310 - loopback
    vpc = ec2.make_vpc()
    return vpc, [ec2.make_subnet(vpc, number, zone) for number, zone in ((1, "a"), (2, "b"))]


def test_story_of_gateways(ec2: Ec2, modules: Modules, network: tuple[str, list[str]]) -> None:
    vpc, subnets = network
    theirs, their_address = foreign_gateway(ec2, subnets[0])
    wanted = {"vpc_id": vpc, "gateways": [{"subnet_id": one, "name": f"shop-{one}"} for one in subnets]}
    missing, ownerless, dry = modules.run(
        task(vpc_id=vpc), task(**wanted, owner={}), task(dry=True, **wanted, tags={"Application": "shop"})
    )
    assert "missing: gateways" in missing["msg"]
    assert "owner is empty" in ownerless["msg"]
    assert dry["changed"]
    assert [one["nat_gateway_id"] for one in dry["nat_gateways"]] == ["", ""]
    assert (living(ec2, vpc), addresses(ec2)) == ([theirs], {})

    made, repeated = modules.run(*[task(**wanted, tags={"Application": "shop"})] * 2)
    assert [made["changed"], repeated["changed"]] == [True, False]
    assert made.keys() >= RESULT_KEYS <= dry.keys()
    assert [one["subnet_id"] for one in made["nat_gateways"]] == subnets
    ids = [one["nat_gateway_id"] for one in made["nat_gateways"]]
    assert sorted(living(ec2, vpc)) == sorted([*ids, theirs])
    assert addresses(ec2) == {one["allocation_ids"][0]: True for one in made["nat_gateways"]}
    assert repeated["nat_gateways"] == made["nat_gateways"]

    retagged, again = modules.run(*[task(**wanted)] * 2)
    assert [retagged["changed"], again["changed"]] == [True, False]
    tags = {one["Key"] for one in ec2.client.describe_nat_gateways(NatGatewayIds=ids[:1])["NatGateways"][0]["Tags"]}
    assert tags == {"Name", "palisade:stack"}

    kept = {"vpc_id": vpc, "state": "absent", "except_subnet_ids": subnets[:1]}
    foreseen, removed, gone = modules.run(task(dry=True, **kept), task(**kept), task(**kept))
    assert [foreseen["changed"], removed["changed"], gone["changed"]] == [True, True, False]
    assert {key: foreseen[key] for key in RESULT_KEYS} == {key: removed[key] for key in RESULT_KEYS}
    assert removed["removed_nat_gateway_ids"] == ids[1:]
    assert removed["released_allocation_ids"] == made["nat_gateways"][1]["allocation_ids"]
    assert foreseen["diff"]["after"]["allocation_ids"] == list(addresses(ec2))
    assert sorted(living(ec2, vpc)) == sorted([ids[0], theirs])

    (nothing_left,) = modules.run(task(vpc_id=vpc, state="absent"))
    assert nothing_left["nat_gateways"] == []
    assert (living(ec2, vpc), addresses(ec2)) == ([theirs], {})
    assert [one["AllocationId"] for one in ec2.client.describe_addresses()["Addresses"]] == [their_address]


def test_address_of_a_run_that_was_cut_short_is_used_by_the_next(
    ec2: Ec2, modules: Modules, network: tuple[str, list[str]], monkeypatch: pytest.MonkeyPatch
) -> None:
    vpc, subnets = network
    wanted = {"vpc_id": vpc, "gateways": [{"subnet_id": subnets[0], "name": "shop"}]}
    original = NatGatewayBackend.create_nat_gateway

    def fail(backend: Any, *arguments: Any, **options: Any) -> None:
        raise AwsError("NatGatewayLimitExceeded", "Performing this operation would exceed the limit of 5 NAT gateways")

    monkeypatch.setattr(NatGatewayBackend, "create_nat_gateway", fail)
    (failed,) = modules.run(task(**wanted))
    assert "Failed to create a NAT gateway" in failed["msg"]
    left = addresses(ec2)
    assert list(left.values()) == [False]
    monkeypatch.setattr(NatGatewayBackend, "create_nat_gateway", original)
    (made,) = modules.run(task(**wanted))
    assert made["nat_gateways"][0]["allocation_ids"] == list(left)
    assert addresses(ec2) == dict.fromkeys(left, True)


def test_address_of_a_gateway_that_is_gone_is_released(
    ec2: Ec2, modules: Modules, network: tuple[str, list[str]]
) -> None:
    vpc, subnets = network
    (made,) = modules.run(task(vpc_id=vpc, gateways=[{"subnet_id": subnets[0], "name": "shop"}]))
    ec2.client.delete_nat_gateway(NatGatewayId=made["nat_gateways"][0]["nat_gateway_id"])
    (removed,) = modules.run(task(vpc_id=vpc, state="absent"))
    assert removed["released_allocation_ids"] == made["nat_gateways"][0]["allocation_ids"]
    assert addresses(ec2) == {}


def test_untagged_address_of_an_older_gateway_is_adopted_and_released(
    ec2: Ec2, modules: Modules, network: tuple[str, list[str]]
) -> None:
    vpc, subnets = network
    gateway, address = foreign_gateway(ec2, subnets[0])
    ec2.client.create_tags(Resources=[gateway], Tags=[{"Key": "palisade:stack", "Value": "shop-dev"}])
    (removed,) = modules.run(task(vpc_id=vpc, state="absent"))
    assert removed["released_allocation_ids"] == [address]
    assert ec2.client.describe_addresses()["Addresses"] == []


def test_address_of_another_network_of_the_owner_stays_where_it_is(
    ec2: Ec2, modules: Modules, network: tuple[str, list[str]]
) -> None:
    vpc, _ = network
    other = ec2.make_vpc()
    subnet = ec2.make_subnet(other, 1, "a")
    (made, removed) = modules.run(
        task(vpc_id=other, gateways=[{"subnet_id": subnet, "name": "shop"}]), task(vpc_id=vpc, state="absent")
    )
    assert made["changed"]
    assert not removed["changed"]
    assert list(addresses(ec2).values()) == [True]


@pytest.mark.usefixtures("network")
def test_dry_run_knows_what_is_yet_to_be_created(modules: Modules) -> None:
    to_come = {"vpc_id": "vpc-00000000000000000"}
    gateways = [{"subnet_id": "subnet-00000000000000000", "name": "shop"}]
    made, removed = modules.run(task(dry=True, **to_come, gateways=gateways), task(dry=True, **to_come, state="absent"))
    assert [made["changed"], removed["changed"]] == [True, False]
    assert made["nat_gateways"][0]["subnet_id"] == "subnet-00000000000000000"
