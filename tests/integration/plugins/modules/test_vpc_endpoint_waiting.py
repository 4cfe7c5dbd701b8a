# SPDX-License-Identifier: GPL-3.0-or-later
"""An endpoint is created, changed and deleted only when AWS is ready to: moto always is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import boto3
import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _vpc_endpoint_apply as work
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_plan import (
    Attachments,
    Change,
    Endpoint,
    Wanted,
    plan,
)
from botocore.stub import ANY, Stubber

SERVICE = "com.amazonaws.eu-central-1.logs"
ZONES = {"subnet-a": "1a", "subnet-a2": "1a"}
SERVED = Attachments(subnet_ids=frozenset({"subnet-a"}), security_group_ids=frozenset({"sg-1"}))
MOVED = replace(SERVED, subnet_ids=frozenset({"subnet-a2"}), private_dns_enabled=True)
GOING = {"VpcEndpointIds": ["vpce-0"]}
MINE = {"VpcEndpointIds": ["vpce-1"]}


def wanted(attachments: Attachments, is_present: bool = True) -> Wanted:
    return Wanted("vpc-1", SERVICE, "Interface", is_present, attachments, tags={"Name": "shop"})


def endpoint(state: str = "available") -> Endpoint:
    return Endpoint("vpce-1", SERVICE, "Interface", state, SERVED, {"Name": "shop"})


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    client = boto3.client("ec2", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    with Stubber(client) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def describe(script: Stubber, asked: dict[str, Any], *states: str) -> None:
    """Answer with one state after the other."""
    for state in states:
        found = {"VpcEndpoints": [{"VpcEndpointId": asked["VpcEndpointIds"][0], "State": state}]}
        script.add_response("describe_vpc_endpoints", found, asked)


def gone(script: Stubber, asked: dict[str, Any]) -> None:
    script.add_client_error("describe_vpc_endpoints", "InvalidVpcEndpointId.NotFound", expected_params=asked)


def modify(script: Stubber, **told: Any) -> None:
    script.add_response("modify_vpc_endpoint", {"Return": True}, {"VpcEndpointId": "vpce-1", **told})


def creates(script: Stubber, state: str) -> None:
    made = {"VpcEndpoint": {"VpcEndpointId": "vpce-1", "State": state}}
    tags = [{"ResourceType": "vpc-endpoint", "Tags": [{"Key": "Name", "Value": "shop"}]}]
    told = {
        "VpcId": "vpc-1",
        "ServiceName": SERVICE,
        "VpcEndpointType": "Interface",
        "SubnetIds": ["subnet-a"],
        "SecurityGroupIds": ["sg-1"],
        "PrivateDnsEnabled": False,
    }
    script.add_response("create_vpc_endpoint", made, {**told, "ClientToken": ANY, "TagSpecifications": tags})


def test_new_endpoint_comes_after_the_old_one_is_gone(script: Stubber) -> None:
    describe(script, GOING, "deleting")
    gone(script, GOING)
    creates(script, "pending")
    change = work.apply(script.client, plan(None, wanted(SERVED)), {}, ["vpce-0"], 1)
    assert change.after is not None
    assert (change.after.vpc_endpoint_id, change.after.state) == ("vpce-1", "pending")

    describe(script, MINE, "pending", "available")
    settled = work.wait_until_settled(script.client, change, ["vpce-0"], 1)
    assert settled.after is not None
    assert settled.after.state == "available"


def test_each_step_waits_for_the_one_before(script: Stubber) -> None:
    change = plan(endpoint("pending"), wanted(MOVED))
    describe(script, MINE, "pending", "available")
    modify(script, PrivateDnsEnabled=True)
    describe(script, MINE, "pending", "available")
    modify(script, RemoveSubnetIds=["subnet-a"])
    describe(script, MINE, "available")
    modify(script, AddSubnetIds=["subnet-a2"])
    assert work.apply(script.client, change, ZONES, [], 1) == change


def test_pending_endpoint_is_waited_for_though_nothing_is_to_be_done(script: Stubber) -> None:
    change = plan(endpoint("pending"), wanted(SERVED))
    describe(script, MINE, "available")
    settled = work.wait_until_settled(script.client, change, [], 1)
    assert settled.as_result(diff=False) == {**change.as_result(diff=False), "state": "available"}
    assert not settled


def test_available_endpoint_costs_no_call(script: Stubber) -> None:
    change = plan(endpoint(), wanted(SERVED))
    assert work.check(script.client, change) == {}
    assert work.wait_until_settled(script.client, work.apply(script.client, change, {}, [], 1), [], 1) == change


@pytest.mark.parametrize("there", [True, False])
def test_deletion_ends_when_every_endpoint_is_gone(script: Stubber, there: bool) -> None:
    change: Change = plan(endpoint() if there else None, wanted(SERVED, is_present=False))
    if there:
        script.add_response("delete_vpc_endpoints", {"Unsuccessful": []}, MINE)
    work.apply(script.client, change, {}, ["vpce-0"], 1)
    describe(script, GOING, "deleting")
    gone(script, GOING)
    if there:
        describe(script, MINE, "deleting")
        gone(script, MINE)
    assert work.wait_until_settled(script.client, change, ["vpce-0"], 1) == change
