# SPDX-License-Identifier: GPL-3.0-or-later
"""VPC endpoints, kept by modules and asked for at EC2."""

from __future__ import annotations

import json
from itertools import accumulate
from typing import Any

import pytest
from moto.ec2.responses.vpcs import VPCs

from emulator.control_plane.fidelity.error import AwsError
from tests.integration.plugins.modules.ec2_account import REGION, Ec2, Json, Modules

MODULE = "palisade.ecs.vpc_endpoint"
PLACEHOLDER = "vpce-00000000000000000"
RESULT_KEYS = {
    "changed",
    "vpc_endpoint_id",
    "service_name",
    "vpc_endpoint_type",
    "state",
    "route_table_ids",
    "subnet_ids",
    "security_group_ids",
    "private_dns_enabled",
    "tags",
}


def task(dry: bool = False, **arguments: Any) -> Json:
    return {MODULE: arguments, "check_mode": dry, "diff": dry}


def changed(results: list[Json]) -> list[bool]:
    return [result["changed"] for result in results]


def facts(result: Json) -> Json:
    """Return what a result says of the endpoint."""
    return {key: result[key] for key in RESULT_KEYS - {"changed"}}


def described(ec2: Ec2, vpc_id: str) -> Json:
    """Return what EC2 says of the only endpoint of a VPC, in the words of the module."""
    (endpoint,) = ec2.endpoints(vpc_id)
    return {
        "vpc_endpoint_id": endpoint["VpcEndpointId"],
        "service_name": endpoint["ServiceName"],
        "vpc_endpoint_type": endpoint["VpcEndpointType"],
        "state": endpoint["State"],
        "route_table_ids": sorted(endpoint["RouteTableIds"]),
        "subnet_ids": sorted(endpoint["SubnetIds"]),
        "security_group_ids": sorted(group["GroupId"] for group in endpoint["Groups"]),
        "private_dns_enabled": endpoint["PrivateDnsEnabled"],
        "tags": {tag["Key"]: tag["Value"] for tag in endpoint["Tags"]},
    }


def test_story_of_an_interface_endpoint(ec2: Ec2, modules: Modules) -> None:
    vpc_id = ec2.make_vpc()
    in_a, in_b, in_c = (ec2.make_subnet(vpc_id, number, zone) for number, zone in enumerate("abc"))
    other_in_a = ec2.make_subnet(vpc_id, 9, "a")
    one, two = (ec2.make_group(vpc_id, name) for name in ("one", "two"))
    here: Json = {"vpc_id": vpc_id, "service": "ecr.api", "vpc_endpoint_type": "Interface"}
    first: Json = {**here, "subnet_ids": [in_b, in_a], "security_group_ids": [one], "tags": {"Name": "shop", "old": 1}}

    missing, dry = modules.run(task(**here, subnet_ids=[in_a]), task(dry=True, **first))
    assert "interface endpoints need security_group_ids" in missing["msg"]
    assert dry["changed"]
    assert dry["vpc_endpoint_id"] == PLACEHOLDER
    assert dry["diff"]["before"] == ""
    assert json.loads(dry["diff"]["after"]) == facts(dry)
    assert ec2.writes == []

    created, repeated, dry_repeated = modules.run(task(**first), task(**first), task(dry=True, **first))
    assert changed([created, repeated, dry_repeated]) == [True, False, False]
    assert facts(created) == described(ec2, vpc_id) == facts(repeated) == facts(dry_repeated)
    assert facts(created) == {**facts(dry), "vpc_endpoint_id": created["vpc_endpoint_id"]}
    assert dry_repeated["diff"]["before"] == dry_repeated["diff"]["after"]
    assert [action for action, _told in ec2.writes] == ["create_vpc_endpoint"]

    changes: list[Json] = [
        {"subnet_ids": [in_a, in_b, in_c]},
        {"security_group_ids": [two]},
        {"private_dns_enabled": False},
        {"tags": {"Name": "shop", "new": "2"}},
        {"tags": {"more": "3"}, "purge_tags": False},
        {"subnet_ids": [other_in_a, in_c]},
    ]
    steps = list(accumulate(changes, lambda now, change: {**now, **change}, initial=first))
    results = modules.run(*(one for now in steps[1:] for one in (task(dry=True, **now), task(**now), task(**now))))
    before = facts(created)
    for change, foreseen, done, again in zip(changes, results[::3], results[1::3], results[2::3], strict=True):
        assert changed([foreseen, done, again]) == [True, True, False], change
        assert facts(foreseen) == facts(done) == facts(again), change
        assert json.loads(foreseen["diff"]["before"]) == before
        assert json.loads(foreseen["diff"]["after"]) == facts(done)
        before = facts(done)
    assert before == described(ec2, vpc_id)
    assert before["subnet_ids"] == sorted([other_in_a, in_c])
    assert {action for action, _told in ec2.writes[1:]} == {"modify_vpc_endpoint"}

    gone: Json = {"vpc_id": vpc_id, "service": "ecr.api", "state": "absent"}
    foreseen, removed, again = modules.run(task(dry=True, **gone), task(**gone), task(**gone))
    assert changed([foreseen, removed, again]) == [True, True, False]
    assert facts(foreseen) == facts(removed)
    assert (removed["vpc_endpoint_id"], removed["state"]) == (created["vpc_endpoint_id"], "deleted")
    assert again.keys() >= RESULT_KEYS
    assert ec2.endpoints(vpc_id) == []


def test_story_of_a_gateway_endpoint(ec2: Ec2, modules: Modules) -> None:
    vpc_id = ec2.make_vpc()
    one, two, three = (ec2.make_route_table(vpc_id) for _ in range(3))
    here: Json = {"vpc_id": vpc_id, "service": f"com.amazonaws.{REGION}.dynamodb", "vpc_endpoint_type": "Gateway"}
    foreseen, created, repeated, swapped, settled = modules.run(
        task(dry=True, **here, route_table_ids=[one, two]),
        task(**here, route_table_ids=[one, two]),
        task(**here, route_table_ids=[two, one]),
        task(**here, route_table_ids=[two, three]),
        task(**here, route_table_ids=[two, three]),
    )
    assert changed([foreseen, created, repeated, swapped, settled]) == [True, True, False, True, False]
    assert facts(swapped) == described(ec2, vpc_id)
    assert swapped["route_table_ids"] == sorted([two, three])
    assert swapped["private_dns_enabled"] is False
    (create, modify) = ec2.writes
    assert create[1]["ClientToken"]
    assert modify[1].items() >= {("AddRouteTableId.1", three), ("RemoveRouteTableId.1", one)}

    removed, again = modules.run(task(**here, state="absent"), task(**here, state="absent"))
    assert changed([removed, again]) == [True, False]
    assert ec2.endpoints(vpc_id) == []


@pytest.mark.parametrize(
    "wanted",
    [
        {"service": "s3", "vpc_endpoint_type": "Gateway", "route_table_ids": ["rtb-00000000000000000"]},
        {
            "service": "logs",
            "vpc_endpoint_type": "Interface",
            "subnet_ids": ["subnet-00000000000000001", "subnet-00000000000000002"],
            "security_group_ids": ["sg-00000000000000000"],
        },
    ],
    ids=["gateway", "interface"],
)
def test_dry_run_of_an_empty_account_goes_through(ec2: Ec2, modules: Modules, wanted: Json) -> None:
    (dry,) = modules.run(task(dry=True, vpc_id="vpc-00000000000000000", **wanted))
    assert dry["changed"]
    assert dry["vpc_endpoint_id"] == PLACEHOLDER
    assert dry["subnet_ids"] == wanted.get("subnet_ids", [])
    assert ec2.writes == []


def interface(ec2: Ec2, vpc_id: str, *zones: str, **arguments: Any) -> Json:
    """Return the arguments for an interface endpoint, with a subnet per zone."""
    subnets = [ec2.make_subnet(vpc_id, 100 + number, zone) for number, zone in enumerate(zones)]
    groups = [ec2.make_group(vpc_id, f"group {len(ec2.writes)}")]
    named: Json = {"vpc_id": vpc_id, "service": "logs", "vpc_endpoint_type": "Interface"}
    return {**named, "subnet_ids": subnets, "security_group_ids": groups, **arguments}


def test_what_aws_would_refuse_is_refused_before_in_every_mode(ec2: Ec2, modules: Modules) -> None:
    vpc_id = ec2.make_vpc()
    here = interface(ec2, vpc_id, "a", "a", "b")
    first, second, third = here["subnet_ids"]
    table = ec2.make_route_table(vpc_id)
    refusals: list[tuple[Json, str]] = [
        ({**here, "service": "ecr-api"}, f"com.amazonaws.{REGION}.ecr-api is none that {REGION} offers"),
        (
            {"vpc_id": vpc_id, "service": "logs", "vpc_endpoint_type": "Gateway", "route_table_ids": [table]},
            "has no Gateway endpoints in eu-central-1: set vpc_endpoint_type to Interface",
        ),
        (here, f"both in {REGION}a: an interface endpoint takes one subnet per zone"),
    ]
    dry = modules.run(*(task(dry=True, **arguments) for arguments, _complaint in refusals))
    real = modules.run(*(task(**arguments) for arguments, _complaint in refusals))
    for (_arguments, complaint), foreseen, refused in zip(refusals, dry, real, strict=True):
        assert complaint in foreseen["msg"]
        assert complaint in refused["msg"]
    assert ec2.writes == []

    made, grown = modules.run(
        task(**{**here, "subnet_ids": [first, third]}), task(dry=True, **{**here, "subnet_ids": [first, second, third]})
    )
    assert made["changed"]
    assert "one subnet per zone" in grown["msg"]


def test_refusal_of_aws_says_what_to_do(ec2: Ec2, modules: Modules) -> None:
    nameless = interface(ec2, ec2.make_vpc(dns_enabled=False), "a")
    refused, without = modules.run(task(**nameless), task(**nameless, private_dns_enabled=False))
    assert "enableDnsHostnames" in refused["msg"]
    assert refused["msg"].endswith(
        "What to do: set both DNS attributes of the VPC to true, or private_dns_enabled to false"
    )
    assert without["changed"]
    (later,) = modules.run(task(**nameless))
    assert "Failed to modify VPC endpoint" in later["msg"]
    assert "What to do: set both DNS attributes" in later["msg"]


def test_gateway_and_interface_endpoint_for_one_service_live_side_by_side(ec2: Ec2, modules: Modules) -> None:
    vpc_id = ec2.make_vpc()
    table = ec2.make_route_table(vpc_id)
    gateway: Json = {"vpc_id": vpc_id, "service": "s3", "vpc_endpoint_type": "Gateway", "route_table_ids": [table]}
    served = interface(ec2, vpc_id, "a", service="s3")
    results = modules.run(task(**gateway), task(**served), task(**gateway), task(**served))
    assert changed(results) == [True, True, False, False]
    both = {endpoint["VpcEndpointId"] for endpoint in ec2.endpoints(vpc_id)}
    assert both == {result["vpc_endpoint_id"] for result in results}

    unclear, one, other = modules.run(
        task(vpc_id=vpc_id, service="s3", state="absent"),
        task(vpc_id=vpc_id, service="s3", state="absent", vpc_endpoint_type="Gateway"),
        task(vpc_id=vpc_id, service="s3", state="absent"),
    )
    assert all(endpoint_id in unclear["msg"] for endpoint_id in both)
    assert "say vpc_endpoint_type" in unclear["msg"]
    assert (one["vpc_endpoint_type"], other["vpc_endpoint_type"]) == ("Gateway", "Interface")
    assert ec2.endpoints(vpc_id) == []


def test_two_endpoints_of_one_kind_are_named(ec2: Ec2, modules: Modules) -> None:
    vpc_id = ec2.make_vpc()
    tables = [ec2.make_route_table(vpc_id) for _ in range(2)]
    service = f"com.amazonaws.{REGION}.dynamodb"
    ids = [
        ec2.client.create_vpc_endpoint(VpcId=vpc_id, ServiceName=service, RouteTableIds=[table])["VpcEndpoint"][
            "VpcEndpointId"
        ]
        for table in tables
    ]
    here: Json = {"vpc_id": vpc_id, "service": "dynamodb", "vpc_endpoint_type": "Gateway"}
    (refused,) = modules.run(task(**here, route_table_ids=tables))
    assert "more than one Gateway endpoint" in refused["msg"]
    assert all(endpoint_id in refused["msg"] for endpoint_id in ids)


def test_lost_response_makes_no_second_endpoint(ec2: Ec2, modules: Modules, monkeypatch: pytest.MonkeyPatch) -> None:
    lost = []

    def lose_the_first(original: Any) -> Any:
        def call(response: Any) -> Any:
            answer = original(response)
            if not lost:
                lost.append(answer)
                raise AwsError("InternalError", "the response is lost")
            return answer

        return call

    monkeypatch.setattr(VPCs, "create_vpc_endpoint", lose_the_first(VPCs.create_vpc_endpoint))
    here = interface(ec2, ec2.make_vpc(), "a")
    created, repeated = modules.run(task(**here), task(**here))
    assert lost
    assert changed([created, repeated]) == [True, False]
    assert [endpoint["VpcEndpointId"] for endpoint in ec2.endpoints(here["vpc_id"])] == [created["vpc_endpoint_id"]]
    tokens = {told["ClientToken"] for action, told in ec2.writes if action == "create_vpc_endpoint"}
    assert (len(ec2.writes), len(tokens)) == (2, 1)


def test_amazon_aws_still_changes_only_the_tags_of_an_endpoint(ec2: Ec2, modules: Modules) -> None:
    """The reason for this module: should it fail one day, upstream has learned to do it."""
    vpc_id = ec2.make_vpc()
    here = interface(ec2, vpc_id, "a", "b", private_dns_enabled=True)
    one, two = ec2.make_route_table(vpc_id), ec2.make_route_table(vpc_id)
    gateway: Json = {"vpc_id": vpc_id, "service": "s3", "vpc_endpoint_type": "Gateway"}
    theirs: Json = {"vpc_id": vpc_id, "vpc_endpoint_type": "Interface", "service": f"com.amazonaws.{REGION}.logs"}
    wanted = {
        "vpc_endpoint_subnets": here["subnet_ids"][:1],
        "vpc_endpoint_security_groups": here["security_group_ids"],
    }
    _, _, subnets, tables = modules.run(
        task(**here),
        task(**gateway, route_table_ids=[one]),
        {"amazon.aws.ec2_vpc_endpoint": {**theirs, **wanted}},
        {
            "amazon.aws.ec2_vpc_endpoint": {
                **gateway,
                "service": f"com.amazonaws.{REGION}.s3",
                "route_table_ids": [one, two],
            }
        },
    )
    assert not subnets["changed"]
    assert "RouteAlreadyExists" in tables["msg"]
