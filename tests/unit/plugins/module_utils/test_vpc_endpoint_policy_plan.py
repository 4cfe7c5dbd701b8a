# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about the policy of a VPC endpoint."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint import PLACEHOLDER_ID, full_service_name
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_policy_plan import (
    FULL_ACCESS,
    Endpoint,
    Wanted,
    plan,
    select,
)

READ = {"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}
WRITE = {**READ, "Action": "dynamodb:PutItem"}
CURRENT = {"Version": "2012-10-17", "Statement": [READ, WRITE]}
WANTED = {"Version": "2012-10-17", "Statement": [READ]}
GATEWAY = Endpoint("vpce-1", "com.amazonaws.eu-central-1.dynamodb", "Gateway", "available", CURRENT)
INTERFACE = Endpoint("vpce-2", "com.amazonaws.eu-central-1.ecr.api", "Interface", "available", CURRENT)
BY_ID = Wanted("vpce-1", "", "", WANTED)
BY_SERVICE = Wanted("", "vpc-1", "com.amazonaws.eu-central-1.dynamodb", WANTED)


def described(**fields: Any) -> dict[str, Any]:
    return {
        "VpcEndpointId": "vpce-1",
        "ServiceName": "com.amazonaws.eu-central-1.dynamodb",
        "VpcEndpointType": "Gateway",
        "State": "available",
        "PolicyDocument": json.dumps(CURRENT),
        **fields,
    }


def test_reordered_statements_are_no_change_and_stay_as_they_are_written() -> None:
    change = plan(GATEWAY, replace(BY_ID, policy={"Version": "2012-10-17", "Statement": [WRITE, READ]}))
    assert not change
    result = change.as_result(diff=True)
    assert result["policy"] == CURRENT
    assert result["diff"]["before"] == result["diff"]["after"]


def test_new_policy_is_a_change_with_before_and_after() -> None:
    change = plan(GATEWAY, BY_ID)
    assert change
    assert json.loads(change.request["PolicyDocument"]) == WANTED
    result = change.as_result(diff=True)
    assert result["policy"] == WANTED
    assert json.loads(result["diff"]["before"]) == CURRENT
    assert json.loads(result["diff"]["after"]) == WANTED
    assert "vpce-1" in result["diff"]["after_header"]


def test_result_has_the_same_keys_and_types_in_every_mode() -> None:
    results = [
        plan(GATEWAY, BY_ID).as_result(diff=False),
        plan(GATEWAY, replace(BY_ID, policy=None)).as_result(diff=False),
        plan(select([], BY_SERVICE, check_mode=True), BY_SERVICE).as_result(diff=False),
    ]
    shapes = [{key: type(value) for key, value in result.items()} for result in results]
    assert shapes[0] == shapes[1] == shapes[2]


@pytest.mark.parametrize("version", ["2008-10-17", "2012-10-17"])
def test_default_policy_is_recognised_in_every_version(version: str) -> None:
    endpoint = replace(GATEWAY, policy={**FULL_ACCESS, "Version": version})
    assert not plan(endpoint, replace(BY_ID, policy=None))


def test_policy_without_statements_of_the_default_is_not_the_default() -> None:
    only_reads = {"Statement": [{**FULL_ACCESS["Statement"][0], "Action": "dynamodb:Get*"}]}
    assert plan(replace(GATEWAY, policy=only_reads), replace(BY_ID, policy=None))


def test_gateway_endpoint_is_reset_and_interface_endpoint_gets_the_default_document() -> None:
    assert plan(GATEWAY, replace(BY_ID, policy=None)).request == {"ResetPolicy": True}
    request = plan(INTERFACE, replace(BY_ID, policy=None)).request
    assert list(request) == ["PolicyDocument"]
    assert json.loads(request["PolicyDocument"]) == FULL_ACCESS


def test_full_access_that_was_asked_for_is_written_and_not_reset() -> None:
    assert "PolicyDocument" in plan(GATEWAY, replace(BY_ID, policy=FULL_ACCESS)).request


def test_endpoint_without_a_policy_gives_full_access() -> None:
    description = described()
    del description["PolicyDocument"]
    assert not plan(select([description], BY_ID, check_mode=False), replace(BY_ID, policy=None))


def test_endpoint_is_found_beside_one_that_is_being_deleted() -> None:
    found = [described(VpcEndpointId="vpce-0", State="deleting"), described()]
    assert select(found, BY_SERVICE, check_mode=False) == GATEWAY


def test_ambiguous_endpoint_is_refused_with_the_choice() -> None:
    with pytest.raises(PlanError, match=r"dynamodb in vpc-1: vpce-1, vpce-9; choose one by vpc_endpoint_id"):
        select([described(), described(VpcEndpointId="vpce-9")], BY_SERVICE, check_mode=True)


@pytest.mark.parametrize(
    ("wanted", "name"), [(BY_ID, "vpce-1"), (BY_SERVICE, "for com.amazonaws.eu-central-1.dynamodb in vpc-1")]
)
def test_missing_endpoint_is_refused_by_name(wanted: Wanted, name: str) -> None:
    with pytest.raises(PlanError, match=f"no VPC endpoint {name}"):
        select([], wanted, check_mode=False)


@pytest.mark.parametrize("wanted", [BY_SERVICE, replace(BY_ID, vpc_endpoint_id=PLACEHOLDER_ID)])
def test_dry_run_plans_for_an_endpoint_that_is_yet_to_come(wanted: Wanted) -> None:
    result = plan(select([], wanted, check_mode=True), wanted).as_result(diff=True)
    assert result["changed"]
    assert (result["vpc_endpoint_id"], result["vpc_endpoint_type"]) == ("", "")
    assert result["service_name"] == wanted.service_name
    assert result["policy"] == WANTED
    assert result["diff"]["before"] == ""
    assert str(wanted) in result["diff"]["after_header"]


def test_dry_run_refuses_a_given_id_that_does_not_exist() -> None:
    with pytest.raises(PlanError, match="no VPC endpoint vpce-1"):
        select([], BY_ID, check_mode=True)


def test_missing_endpoint_needs_no_removal() -> None:
    wanted = replace(BY_ID, policy=None)
    result = plan(select([], wanted, check_mode=False), wanted).as_result(diff=False)
    assert not result["changed"]
    assert result["policy"] == {}


@pytest.mark.parametrize("names", [("", "", ""), ("", "vpc-1", ""), ("", "", "com.amazonaws.eu-central-1.s3")])
def test_empty_names_are_refused(names: tuple[str, str, str]) -> None:
    with pytest.raises(PlanError, match="name the endpoint"):
        Wanted(*names, policy=None)


@pytest.mark.parametrize(
    ("service", "name"),
    [
        ("s3", "com.amazonaws.eu-central-1.s3"),
        ("ecr.api", "com.amazonaws.eu-central-1.ecr.api"),
        ("com.amazonaws.us-east-1.s3", "com.amazonaws.us-east-1.s3"),
        ("cn.com.amazonaws.cn-north-1.ecr.api", "cn.com.amazonaws.cn-north-1.ecr.api"),
        ("aws.api.eu-central-1.bcm", "aws.api.eu-central-1.bcm"),
    ],
)
def test_short_service_names_are_expanded(service: str, name: str) -> None:
    assert full_service_name(service, "eu-central-1") == name
