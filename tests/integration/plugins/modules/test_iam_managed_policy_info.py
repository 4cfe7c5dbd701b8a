# SPDX-License-Identifier: GPL-3.0-or-later
"""A managed policy read from IAM."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any

import boto3
import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.palisade.ecs.plugins.modules import iam_managed_policy_info
from botocore.stub import Stubber
from moto import mock_aws

REGION = "eu-central-1"
CREDENTIALS = {"aws_access_key_id": "anybody", "aws_secret_access_key": "not-a-secret"}
ARN = "arn:aws:iam::123456789012:policy/ceiling"

Ask = Callable[..., dict[str, Any]]


def document(action: str) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": action, "Resource": "*"}]}


@pytest.fixture
def iam() -> Iterator[Any]:
    with mock_aws():
        client = boto3.client("iam", region_name=REGION, **CREDENTIALS)
        client.create_policy(PolicyName="ceiling", PolicyDocument=json.dumps(document("s3:GetObject")))
        yield client


@pytest.fixture
def ask(capsys: pytest.CaptureFixture[str]) -> Ask:
    """Return a function that runs the module and returns its result."""

    def run(**arguments: Any) -> dict[str, Any]:
        connection = {"region": REGION, "access_key": "anybody", "secret_key": "not-a-secret"}
        with patch_module_args(connection | arguments), pytest.raises(SystemExit):
            iam_managed_policy_info.main()
        result: dict[str, Any] = json.loads(capsys.readouterr().out)
        return result

    return run


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.usefixtures("iam")
def test_policy_is_read_in_every_mode(ask: Ask, check_mode: bool) -> None:
    result = ask(policy_arn=ARN, _ansible_check_mode=check_mode)
    (policy,) = result["policies"]
    assert result["changed"] is False
    assert (policy["arn"], policy["policy_name"], policy["default_version_id"]) == (ARN, "ceiling", "v1")
    assert policy["document"] == document("s3:GetObject")


def test_document_is_that_of_the_version_that_holds(ask: Ask, iam: Any) -> None:
    changed = json.dumps(document("s3:PutObject"))
    iam.create_policy_version(PolicyArn=ARN, PolicyDocument=changed, SetAsDefault=True)
    (policy,) = ask(policy_arn=ARN)["policies"]
    assert policy["document"] == document("s3:PutObject")
    iam.set_default_policy_version(PolicyArn=ARN, VersionId="v1")
    (policy,) = ask(policy_arn=ARN)["policies"]
    assert policy["document"] == document("s3:GetObject")


@pytest.mark.usefixtures("iam")
def test_policy_that_is_not_there_is_no_failure(ask: Ask) -> None:
    result = ask(policy_arn=f"{ARN}-of-nobody")
    assert "failed" not in result
    assert (result["changed"], result["policies"]) == (False, [])


def test_missing_argument_is_named(ask: Ask) -> None:
    assert ask()["msg"] == "missing required arguments: policy_arn"


def test_refusal_of_aws_is_a_failure_that_says_what_was_read(ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    client = boto3.client("iam", region_name=REGION, **CREDENTIALS)
    monkeypatch.setattr(iam_managed_policy_info.AnsibleAWSModule, "client", lambda module, service: client)
    with Stubber(client) as script:
        script.add_client_error("get_policy", "AccessDenied", "is not authorized")
        result = ask(policy_arn=ARN)
    assert result["failed"] is True
    assert result["msg"].startswith(f"Couldn't read the policy {ARN}")


def test_outage_is_waited_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    client = boto3.client("iam", region_name=REGION, **CREDENTIALS)
    with Stubber(client) as script:
        script.add_client_error("get_policy", "Throttling", "Rate exceeded")
        script.add_response("get_policy", {"Policy": {"Arn": ARN, "DefaultVersionId": "v1"}})
        assert iam_managed_policy_info.get_policy(client, ARN) == {"Arn": ARN, "DefaultVersionId": "v1"}
