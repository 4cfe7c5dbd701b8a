# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls about flow logs: what moto cannot show is answered from a script of responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.palisade.ecs.plugins.module_utils import _flow_log_api as api
from botocore.stub import Stubber

OPTIONS: dict[str, Any] = {"ResourceType": "VPC", "ResourceIds": ["vpc-1"], "LogGroupName": "shop"}
ROLE_UNKNOWN = "Unable to assume given IAM role"


@pytest.fixture
def script(monkeypatch: pytest.MonkeyPatch) -> Iterator[Stubber]:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    credentials = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    with Stubber(boto3.client("ec2", region_name="eu-central-1", **credentials)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def unsuccessful(code: str, message: str) -> dict[str, Any]:
    return {"Unsuccessful": [{"ResourceId": "vpc-1", "Error": {"Code": code, "Message": message}}]}


def test_new_role_is_waited_for_with_one_token(script: Stubber) -> None:
    tokens: list[str] = []
    script.client.meta.events.register(
        "provide-client-params.ec2.CreateFlowLogs", lambda params, **_: tokens.append(params["ClientToken"])
    )
    script.add_client_error("create_flow_logs", "InvalidParameter", ROLE_UNKNOWN)
    script.add_response("create_flow_logs", unsuccessful("InvalidParameter", ROLE_UNKNOWN))
    script.add_response("create_flow_logs", {"FlowLogIds": ["fl-1"]})
    assert api.create_flow_log(script.client, {}, **OPTIONS) == "fl-1"
    assert len(tokens) == 3
    assert len(set(tokens)) == 1


def test_role_that_never_can_be_assumed_is_a_failure(script: Stubber) -> None:
    for _ in range(12):
        script.add_client_error("create_flow_logs", "InvalidParameter", ROLE_UNKNOWN)
    with pytest.raises(AnsibleAWSError, match=f"Failed to create a flow log of vpc-1.*{ROLE_UNKNOWN}"):
        api.create_flow_log(script.client, {}, **OPTIONS)


def test_other_wrong_parameters_are_not_tried_again(script: Stubber) -> None:
    script.add_client_error("create_flow_logs", "InvalidParameter", "LogFormat is invalid")
    with pytest.raises(AnsibleAWSError, match="LogFormat is invalid"):
        api.create_flow_log(script.client, {}, **OPTIONS)


def test_what_aws_did_not_create_is_a_failure(script: Stubber) -> None:
    script.add_response("create_flow_logs", unsuccessful("400", "LogDestination: logs does not exist"))
    with pytest.raises(AnsibleAWSError, match=r"Failed to create a flow log of vpc-1.*does not exist"):
        api.create_flow_log(script.client, {}, **OPTIONS)


def test_flow_log_that_aws_did_not_delete_is_a_failure(script: Stubber) -> None:
    script.add_response("delete_flow_logs", unsuccessful("UnauthorizedOperation", "no"))
    with pytest.raises(AnsibleAWSError, match=r"Failed to delete flow log fl-1.*\(UnauthorizedOperation\)"):
        api.delete_flow_logs(script.client, ["fl-1"])


def test_flow_log_that_somebody_else_deleted_is_deleted(script: Stubber) -> None:
    script.add_response("delete_flow_logs", unsuccessful("InvalidFlowLogId.NotFound", "gone"))
    script.add_client_error("delete_flow_logs", "InvalidFlowLogId.NotFound", "gone")
    api.delete_flow_logs(script.client, ["fl-1", "fl-2"])
