# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to EC2: what moto cannot show is answered from a script of responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.palisade.ecs.plugins.module_utils import _ec2_api as ec2
from botocore.stub import Stubber
from moto import mock_aws

ENDPOINT_ID = "vpce-0123456789abcdef0"
SERVICE = "com.amazonaws.eu-central-1.s3"


def make_client() -> Any:
    return boto3.client(
        "ec2",
        region_name="eu-central-1",
        aws_access_key_id="local",
        aws_secret_access_key="local",
    )


@pytest.fixture
def script() -> Iterator[Stubber]:
    with Stubber(make_client()) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


@pytest.fixture
def client() -> Iterator[Any]:
    with mock_aws():
        yield make_client()


def answer_states(script: Stubber, *states: str) -> None:
    for state in states:
        response = {"VpcEndpoints": [{"VpcEndpointId": ENDPOINT_ID, "State": state}]}
        script.add_response("describe_vpc_endpoints", response, {"VpcEndpointIds": [ENDPOINT_ID]})


def test_endpoint_is_waited_for(script: Stubber) -> None:
    answer_states(script, "pending", "available")
    ec2.wait_for_vpc_endpoint(script.client, ENDPOINT_ID, timeout=1)


def test_waiting_ends_in_time(script: Stubber) -> None:
    answer_states(script, "pending", "pending")
    with pytest.raises(AnsibleAWSError, match=f"wait until VPC endpoint {ENDPOINT_ID} is available.*Max attempts"):
        ec2.wait_for_vpc_endpoint(script.client, ENDPOINT_ID, timeout=1)


@pytest.mark.parametrize("state", ["failed", "rejected", "deleting"])
def test_waiting_ends_at_once_if_it_is_in_vain(script: Stubber, state: str) -> None:
    answer_states(script, state)
    with pytest.raises(AnsibleAWSError, match=f'terminal failure state.*"{state}"'):
        ec2.wait_for_vpc_endpoint(script.client, ENDPOINT_ID, timeout=300)


@pytest.mark.parametrize("code", ["RequestLimitExceeded", "OperationInProgress"])
def test_modification_is_tried_again_when_aws_is_busy(
    script: Stubber, monkeypatch: pytest.MonkeyPatch, code: str
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    script.add_client_error("modify_vpc_endpoint", code, "later")
    script.add_response("modify_vpc_endpoint", {"Return": True}, {"VpcEndpointId": ENDPOINT_ID, "ResetPolicy": True})
    ec2.modify_vpc_endpoint(script.client, ENDPOINT_ID, ResetPolicy=True)


@pytest.mark.parametrize("code", ["InvalidVpcEndpointId.NotFound", "RequestLimitExceeded"])
def test_new_endpoint_that_is_not_visible_yet_is_waited_for(script: Stubber, code: str) -> None:
    script.add_client_error("describe_vpc_endpoints", code, "not yet")
    answer_states(script, "available")
    ec2.wait_for_vpc_endpoint(script.client, ENDPOINT_ID, timeout=1)


@pytest.mark.parametrize("last", ["deleted", None])
def test_deletion_is_waited_for(script: Stubber, last: str | None) -> None:
    answer_states(script, "deleting", *([last] if last else []))
    if last is None:
        script.add_client_error("describe_vpc_endpoints", "InvalidVpcEndpointId.NotFound", "gone")
    ec2.wait_for_deletion(script.client, ENDPOINT_ID, timeout=1)


def test_waiting_for_deletion_ends_in_time(script: Stubber) -> None:
    answer_states(script, "deleting", "deleting")
    with pytest.raises(AnsibleAWSError, match=f"wait until VPC endpoint {ENDPOINT_ID} is deleted.*Max attempts"):
        ec2.wait_for_deletion(script.client, ENDPOINT_ID, timeout=1)


def unsuccessful(code: str) -> dict[str, Any]:
    return {"Unsuccessful": [{"ResourceId": ENDPOINT_ID, "Error": {"Code": code, "Message": "no"}}]}


def test_endpoint_that_aws_did_not_delete_is_a_failure(script: Stubber) -> None:
    script.add_response("delete_vpc_endpoints", unsuccessful("DependencyViolation"))
    with pytest.raises(AnsibleAWSError, match=rf"delete VPC endpoint {ENDPOINT_ID}: .*\(DependencyViolation\)"):
        ec2.delete_vpc_endpoint(script.client, ENDPOINT_ID)


def test_deletion_is_tried_again_when_aws_is_busy(script: Stubber, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    script.add_response("delete_vpc_endpoints", unsuccessful("OperationInProgress"))
    script.add_response("delete_vpc_endpoints", {"Unsuccessful": []}, {"VpcEndpointIds": [ENDPOINT_ID]})
    assert ec2.delete_vpc_endpoint(script.client, ENDPOINT_ID)


@pytest.mark.parametrize("code", ["InvalidVpcEndpoint.NotFound", "InvalidVpcEndpointId.NotFound"])
def test_endpoint_that_somebody_else_deleted_is_deleted(script: Stubber, code: str) -> None:
    script.add_response("delete_vpc_endpoints", unsuccessful(code))
    assert ec2.delete_vpc_endpoint(script.client, ENDPOINT_ID) is False


def test_zones_are_those_of_subnets_that_exist(client: Any) -> None:
    vpc_id = client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    made = client.create_subnet(VpcId=vpc_id, CidrBlock="10.0.0.0/24", AvailabilityZone="eu-central-1b")["Subnet"]
    found = ec2.zones_of_subnets(client, [made["SubnetId"], "subnet-00000000000000001"])
    assert found == {made["SubnetId"]: "eu-central-1b"}


def test_services_are_those_of_a_name(client: Any) -> None:
    types = [
        kind["ServiceType"] for one in ec2.list_vpc_endpoint_services(client, SERVICE) for kind in one["ServiceType"]
    ]
    assert sorted(types) == ["Gateway", "Interface"]
    assert ec2.list_vpc_endpoint_services(client, f"{SERVICE}-other") == []


def test_failure_names_the_endpoint(script: Stubber) -> None:
    script.add_client_error("modify_vpc_endpoint", "UnauthorizedOperation", "You are not authorized")
    with pytest.raises(AnsibleAWSError, match=f"Failed to modify VPC endpoint {ENDPOINT_ID}.*not authorized"):
        ec2.modify_vpc_endpoint(script.client, ENDPOINT_ID, ResetPolicy=True)


def test_failure_to_describe_is_not_taken_for_a_missing_endpoint(script: Stubber) -> None:
    script.add_client_error("describe_vpc_endpoints", "UnauthorizedOperation", "You are not authorized")
    with pytest.raises(AnsibleAWSError, match=f"Failed to describe VPC endpoint {ENDPOINT_ID}"):
        ec2.describe_vpc_endpoint(script.client, ENDPOINT_ID)


def test_missing_endpoint_is_none(client: Any) -> None:
    assert ec2.describe_vpc_endpoint(client, ENDPOINT_ID) is None


def test_endpoints_are_those_of_the_vpc_and_the_service(client: Any) -> None:
    here, there = (client.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"] for _ in range(2))
    wanted = client.create_vpc_endpoint(VpcId=here, ServiceName=SERVICE, VpcEndpointType="Gateway")["VpcEndpoint"]
    client.create_vpc_endpoint(VpcId=there, ServiceName=SERVICE, VpcEndpointType="Gateway")
    client.create_vpc_endpoint(VpcId=here, ServiceName="com.amazonaws.eu-central-1.dynamodb", VpcEndpointType="Gateway")
    found = ec2.list_vpc_endpoints(client, here, SERVICE)
    assert [endpoint["VpcEndpointId"] for endpoint in found] == [wanted["VpcEndpointId"]]
    assert ec2.describe_vpc_endpoint(client, wanted["VpcEndpointId"]) == found[0]
