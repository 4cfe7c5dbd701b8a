# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a VPC endpoint."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint import PLACEHOLDER_ID
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_plan import (
    Attachments,
    Wanted,
    creation,
    leaving,
    modifications,
    plan,
    select,
    tag_changes,
)

SERVICE = "com.amazonaws.eu-central-1.s3"
ROUTED = Attachments(route_table_ids=frozenset({"rtb-1", "rtb-2"}))
SERVED = Attachments(
    subnet_ids=frozenset({"subnet-a", "subnet-b"}), security_group_ids=frozenset({"sg-1"}), private_dns_enabled=True
)
GATEWAY = Wanted("vpc-1", SERVICE, "Gateway", is_present=True, attachments=ROUTED)
INTERFACE = Wanted("vpc-1", SERVICE, "Interface", is_present=True, attachments=SERVED, tags={"Name": "shop"})
ABSENT = Wanted("vpc-1", SERVICE, "", is_present=False)
ZONES = {"subnet-a": "1a", "subnet-b": "1b", "subnet-c": "1c", "subnet-a2": "1a", "subnet-b2": "1b"}


def gateway(**fields: Any) -> dict[str, Any]:
    return {
        "VpcEndpointId": "vpce-1",
        "ServiceName": SERVICE,
        "VpcEndpointType": "Gateway",
        "State": "available",
        "RouteTableIds": ["rtb-2", "rtb-1"],
        "SubnetIds": [],
        "Groups": [],
        "PrivateDnsEnabled": False,
        "Tags": [],
        **fields,
    }


def interface(**fields: Any) -> dict[str, Any]:
    attached = {"RouteTableIds": [], "SubnetIds": ["subnet-b", "subnet-a"], "Groups": [{"GroupId": "sg-1"}]}
    named = {"VpcEndpointId": "vpce-2", "VpcEndpointType": "Interface", "PrivateDnsEnabled": True}
    return gateway(**{**attached, **named, "Tags": [{"Key": "Name", "Value": "shop"}], **fields})


def result_of(found: list[dict[str, Any]], wanted: Wanted, diff: bool = False) -> dict[str, Any]:
    return plan(select(found, wanted), wanted).as_result(diff)


@pytest.mark.parametrize(("description", "wanted"), [(gateway(), GATEWAY), (interface(), INTERFACE)])
def test_order_of_ids_makes_no_difference(description: dict[str, Any], wanted: Wanted) -> None:
    assert not result_of([description], wanted)["changed"]


@pytest.mark.parametrize("spelling", ["gateway", "Gateway"])
def test_type_is_told_apart_in_any_spelling(spelling: str) -> None:
    found = [gateway(VpcEndpointType=spelling), interface()]
    assert result_of(found, GATEWAY)["vpc_endpoint_id"] == "vpce-1"
    assert result_of(found, INTERFACE)["vpc_endpoint_id"] == "vpce-2"


def test_endpoint_of_the_other_type_is_not_taken_for_it() -> None:
    assert result_of([interface()], GATEWAY)["vpc_endpoint_id"] == PLACEHOLDER_ID


@pytest.mark.parametrize("state", ["deleting", "Deleting", "deleted"])
def test_endpoint_that_is_being_deleted_is_not_taken_for_it(state: str) -> None:
    assert result_of([gateway(State=state)], GATEWAY)["vpc_endpoint_id"] == PLACEHOLDER_ID


def test_endpoint_that_a_service_manages_is_left_alone() -> None:
    assert result_of([gateway(RequesterManaged=True)], GATEWAY)["vpc_endpoint_id"] == PLACEHOLDER_ID
    assert not result_of([gateway(RequesterManaged=True)], ABSENT)["changed"]


def test_those_being_deleted_are_of_the_wanted_type() -> None:
    found = [gateway(State="deleting"), interface(State="deleting"), gateway(VpcEndpointId="vpce-3")]
    assert leaving(found, GATEWAY) == ["vpce-1"]
    assert leaving(found, ABSENT) == ["vpce-1", "vpce-2"]


def test_several_endpoints_are_named() -> None:
    with pytest.raises(
        PlanError, match=r"more than one Gateway endpoint for .*: vpce-1 \(Gateway\), vpce-9 \(Gateway\)"
    ):
        select([gateway(VpcEndpointId="vpce-9"), gateway()], GATEWAY)


def test_types_are_asked_for_when_both_could_be_deleted() -> None:
    with pytest.raises(PlanError, match=r"vpce-1 \(Gateway\), vpce-2 \(Interface\); say vpc_endpoint_type"):
        select([gateway(), interface()], ABSENT)


@pytest.mark.parametrize("state", ["failed", "rejected", "expired", "Failed"])
def test_endpoint_beyond_repair_is_refused_but_can_be_deleted(state: str) -> None:
    with pytest.raises(PlanError, match=f"vpce-1 .* is {state.lower()}, which nothing mends: delete it"):
        result_of([gateway(State=state)], GATEWAY)
    assert result_of([gateway(State=state)], ABSENT)["changed"]


def test_state_is_no_change() -> None:
    result = result_of([gateway(State="pending")], GATEWAY, diff=True)
    assert not result["changed"]
    assert result["state"] == "pending"
    assert result["diff"]["before"] == result["diff"]["after"]


def test_new_endpoint_has_a_placeholder_for_an_id_and_all_that_is_wanted() -> None:
    result = result_of([], INTERFACE, diff=True)
    assert result["changed"]
    assert (result["vpc_endpoint_id"], result["state"]) == (PLACEHOLDER_ID, "available")
    assert result["subnet_ids"] == ["subnet-a", "subnet-b"]
    assert result["tags"] == {"Name": "shop"}
    assert result["diff"]["before"] == ""
    assert json.loads(result["diff"]["after"])["security_group_ids"] == ["sg-1"]
    assert "Interface endpoint for com.amazonaws.eu-central-1.s3 in vpc-1" in result["diff"]["before_header"]


def test_deletion_keeps_the_id_and_nothing_is_deleted_twice() -> None:
    removed, again = result_of([interface()], ABSENT, diff=True), result_of([], ABSENT)
    assert (removed["changed"], removed["vpc_endpoint_id"], removed["state"]) == (True, "vpce-2", "deleted")
    assert removed["diff"]["after"] == ""
    assert (again["changed"], again["vpc_endpoint_id"], again["state"]) == (False, "", "deleted")


def test_result_has_the_same_keys_and_types_in_every_mode() -> None:
    cases = [([], INTERFACE), ([interface()], INTERFACE), ([gateway()], GATEWAY), ([gateway()], ABSENT), ([], ABSENT)]
    shapes = [{key: type(value) for key, value in result_of(*case).items()} for case in cases]
    assert all(shape == shapes[0] for shape in shapes)


def test_creation_says_what_the_type_takes() -> None:
    assert creation(GATEWAY) == {
        "VpcId": "vpc-1",
        "ServiceName": SERVICE,
        "VpcEndpointType": "Gateway",
        "RouteTableIds": ["rtb-1", "rtb-2"],
    }
    assert creation(INTERFACE) == {
        "VpcId": "vpc-1",
        "ServiceName": SERVICE,
        "VpcEndpointType": "Interface",
        "SubnetIds": ["subnet-a", "subnet-b"],
        "SecurityGroupIds": ["sg-1"],
        "PrivateDnsEnabled": True,
    }


def served_in(*subnet_ids: str) -> Attachments:
    return replace(SERVED, subnet_ids=frozenset(subnet_ids))


@pytest.mark.parametrize(
    ("before", "after", "steps"),
    [
        pytest.param(SERVED, SERVED, [], id="nothing"),
        pytest.param(
            ROUTED,
            Attachments(route_table_ids=frozenset({"rtb-2", "rtb-3"})),
            [{"AddRouteTableIds": ["rtb-3"], "RemoveRouteTableIds": ["rtb-1"]}],
            id="route tables",
        ),
        pytest.param(
            SERVED,
            replace(SERVED, security_group_ids=frozenset({"sg-2"}), private_dns_enabled=False),
            [{"AddSecurityGroupIds": ["sg-2"], "RemoveSecurityGroupIds": ["sg-1"], "PrivateDnsEnabled": False}],
            id="groups and private DNS",
        ),
        pytest.param(
            SERVED,
            served_in("subnet-b", "subnet-c"),
            [{"AddSubnetIds": ["subnet-c"], "RemoveSubnetIds": ["subnet-a"]}],
            id="subnets of different zones",
        ),
        pytest.param(
            SERVED,
            served_in("subnet-a2", "subnet-b2", "subnet-c"),
            [
                {"AddSubnetIds": ["subnet-c"]},
                {"RemoveSubnetIds": ["subnet-a"]},
                {"AddSubnetIds": ["subnet-a2"]},
                {"RemoveSubnetIds": ["subnet-b"]},
                {"AddSubnetIds": ["subnet-b2"]},
            ],
            id="subnets of the same zones, one after the other",
        ),
        pytest.param(
            SERVED,
            served_in("subnet-a", "subnet-b", "subnet-00000000000000002"),
            [{"AddSubnetIds": ["subnet-00000000000000002"]}],
            id="subnet that does not exist yet",
        ),
    ],
)
def test_modifications(before: Attachments, after: Attachments, steps: list[dict[str, Any]]) -> None:
    assert modifications(before, after, ZONES) == steps


@pytest.mark.parametrize(
    ("tags", "purge_tags", "after"),
    [
        (None, True, {"Name": "shop", "old": "1"}),
        ({}, True, {}),
        ({"Name": "store"}, True, {"Name": "store"}),
        ({"new": "2"}, False, {"Name": "shop", "old": "1", "new": "2"}),
    ],
)
def test_tags(tags: dict[str, str] | None, purge_tags: bool, after: dict[str, str]) -> None:
    found = [gateway(Tags=[{"Key": "Name", "Value": "shop"}, {"Key": "old", "Value": "1"}])]
    result = result_of(found, replace(GATEWAY, tags=tags, purge_tags=purge_tags))
    assert result["tags"] == after
    assert result["changed"] is (after != {"Name": "shop", "old": "1"})


def test_tags_of_aws_are_never_removed() -> None:
    found = [gateway(Tags=[{"Key": "aws:cloudformation:stack-name", "Value": "x"}])]
    assert not result_of(found, replace(GATEWAY, tags={}))["changed"]


def test_tag_changes_are_what_differs() -> None:
    assert tag_changes({"a": "1", "b": "2", "c": "3"}, {"a": "1", "b": "3", "d": "4"}) == ({"b": "3", "d": "4"}, ["c"])
