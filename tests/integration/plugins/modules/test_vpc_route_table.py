# SPDX-License-Identifier: GPL-3.0-or-later
"""Route tables, kept by modules and asked for at EC2."""

from __future__ import annotations

from typing import Any

import pytest
from moto.ec2.responses.route_tables import RouteTables

from tests.integration.plugins.modules.conftest import recording
from tests.integration.plugins.modules.ec2_account import Ec2, Json, Modules

MODULE = "palisade.ecs.vpc_route_table"
RESULT_KEYS = {"changed", "route_table_id", "default_route", "subnet_ids", "tags"}


@pytest.fixture
def actions(ec2: Ec2, monkeypatch: pytest.MonkeyPatch) -> Ec2:
    """Record what is written of route tables."""
    routes = [f"{verb}_route" for verb in ("create", "replace", "delete")]
    tables = ["associate_route_table", "disassociate_route_table", "replace_route_table_association"]
    for name in (*routes, *tables, "create_route_table", "delete_route_table"):
        monkeypatch.setattr(RouteTables, name, recording(getattr(RouteTables, name), ec2, name))
    return ec2


def task(dry: bool = False, **arguments: Any) -> Json:
    return {MODULE: arguments, "check_mode": dry, "diff": dry}


def written(ec2: Ec2) -> list[str]:
    names = [name for name, _ in ec2.writes]
    ec2.writes.clear()
    return names


def table_of(ec2: Ec2, subnet: str) -> list[str]:
    filters = [{"Name": "association.subnet-id", "Values": [subnet]}]
    return [one["RouteTableId"] for one in ec2.client.describe_route_tables(Filters=filters)["RouteTables"]]


def routes(ec2: Ec2, table: str) -> dict[str, Any]:
    (found,) = ec2.client.describe_route_tables(RouteTableIds=[table])["RouteTables"]
    return {one["DestinationCidrBlock"]: one.get("NatGatewayId") or one.get("GatewayId") for one in found["Routes"]}


def nat(ec2: Ec2, subnet: str) -> str:
    address = ec2.client.allocate_address(Domain="vpc")["AllocationId"]
    made = ec2.client.create_nat_gateway(SubnetId=subnet, AllocationId=address)
    return str(made["NatGateway"]["NatGatewayId"])


def test_story_of_a_table(actions: Ec2, modules: Modules) -> None:
    ec2, vpc = actions, actions.make_vpc()
    subnets = [ec2.make_subnet(vpc, number, zone) for number, zone in ((1, "a"), (2, "b"))]
    first, second = (nat(ec2, subnet) for subnet in subnets)
    gateway = ec2.client.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
    ec2.client.attach_internet_gateway(VpcId=vpc, InternetGatewayId=gateway)
    here = {"vpc_id": vpc, "name": "shop-private", "subnet_ids": subnets[:1], "tags": {"Application": "shop"}}

    wrong, dry = modules.run(task(**here, default_route="eni-1"), task(dry=True, **here, default_route=first))
    assert "default_route is 'eni-1'; expected the id of an internet gateway, a NAT gateway" in wrong["msg"]
    assert dry["changed"]
    assert dry["route_table_id"] == ""
    assert written(ec2) == []

    made, repeated = modules.run(*[task(**here, default_route=first)] * 2)
    assert [made["changed"], repeated["changed"]] == [True, False]
    assert {key: made[key] for key in RESULT_KEYS - {"route_table_id"}} == {
        key: dry[key] for key in RESULT_KEYS - {"route_table_id"}
    }
    table = made["route_table_id"]
    # A subnet never comes to a table without a route.
    assert written(ec2) == ["create_route_table", "create_route", "associate_route_table"]
    assert routes(ec2, table) == {"10.0.0.0/16": "local", "0.0.0.0/0": first}

    # A route that somebody else made is none of our business.
    ec2.client.create_route(RouteTableId=table, DestinationCidrBlock="172.16.0.0/16", GatewayId=gateway)
    written(ec2)
    other = {**here, "tags": {}}
    foreseen, changed, again = modules.run(
        task(dry=True, **other, default_route=second), *[task(**other, default_route=second)] * 2
    )
    assert [foreseen["changed"], changed["changed"], again["changed"]] == [True, True, False]
    assert foreseen["diff"]["before"]["default_route"] == first
    assert {key: foreseen[key] for key in RESULT_KEYS} == {key: changed[key] for key in RESULT_KEYS}
    # Another tag makes no other table.
    assert changed["route_table_id"] == table
    assert written(ec2) == ["replace_route"]

    taken, taken_again = modules.run(*[task(**other, default_route="")] * 2)
    assert [taken["changed"], taken_again["changed"]] == [True, False]
    assert routes(ec2, table) == {"10.0.0.0/16": "local", "172.16.0.0/16": gateway}

    gone, still_gone = modules.run(*[task(vpc_id=vpc, name="shop-private", state="absent")] * 2)
    assert [gone["changed"], still_gone["changed"]] == [True, False]
    assert gone["subnet_ids"] == []
    assert table_of(ec2, subnets[0]) == []


def test_subnet_of_another_table_is_moved_in_one_call(actions: Ec2, modules: Modules) -> None:
    ec2, vpc = actions, actions.make_vpc()
    subnets = [ec2.make_subnet(vpc, number, zone) for number, zone in ((1, "a"), (2, "b"))]
    other = ec2.make_route_table(vpc)
    ec2.client.associate_route_table(RouteTableId=other, SubnetId=subnets[0])
    written(ec2)
    made, less = modules.run(
        task(vpc_id=vpc, name="shop", subnet_ids=subnets), task(vpc_id=vpc, name="shop", subnet_ids=subnets[:1])
    )
    assert table_of(ec2, subnets[0]) == [made["route_table_id"]] == [less["route_table_id"]]
    assert table_of(ec2, subnets[1]) == []
    assert written(ec2) == [
        "create_route_table",
        "associate_route_table",
        "replace_route_table_association",
        "disassociate_route_table",
    ]


def test_amazon_aws_still_needs_two_runs_to_move_a_subnet(actions: Ec2, modules: Modules) -> None:
    """One reason for this module: should it fail one day, upstream may have learned to do it."""
    ec2, vpc = actions, actions.make_vpc()
    subnet = ec2.make_subnet(vpc, 1, "a")
    ec2.client.associate_route_table(RouteTableId=ec2.make_route_table(vpc), SubnetId=subnet)
    arguments = {"vpc_id": vpc, "tags": {"Name": "theirs"}, "subnets": [subnet]}
    modules.run({"amazon.aws.ec2_vpc_route_table": arguments})
    assert table_of(ec2, subnet) == []
