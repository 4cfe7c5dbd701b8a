# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls to AWS WAF: what moto cannot show is answered from a script of responses."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.palisade.ecs.plugins.module_utils import _wafv2_api as api
from botocore.stub import Stubber

ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop/00000000-0000-0000-abcd-0a1b2c3d4e5f"
BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/0000000000000000"
UNAVAILABLE = "WAFUnavailableEntityException"


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    made: list[float] = []
    monkeypatch.setattr("time.sleep", made.append)
    return made


@pytest.fixture
def script(pauses: list[float]) -> Iterator[Stubber]:
    credentials = {"aws_access_key_id": "local", "aws_secret_access_key": "local"}
    with Stubber(boto3.client("wafv2", region_name="eu-central-1", **credentials)) as stubber:
        yield stubber
        stubber.assert_no_pending_responses()


def test_web_acl_that_was_made_a_moment_ago_is_waited_for(script: Stubber) -> None:
    script.add_client_error("associate_web_acl", UNAVAILABLE, "later")
    script.add_response("associate_web_acl", {}, {"WebACLArn": ACL, "ResourceArn": BALANCER})
    api.associate(script.client, ACL, BALANCER)


def test_load_balancer_that_was_made_a_moment_ago_is_waited_for(script: Stubber) -> None:
    script.add_client_error("get_web_acl_for_resource", UNAVAILABLE, "later")
    script.add_response("get_web_acl_for_resource", {}, {"ResourceArn": BALANCER})
    assert api.web_acl_of(script.client, BALANCER) == ""


def test_waiting_ends_after_about_ten_minutes(script: Stubber, pauses: list[float]) -> None:
    for _ in range(int(api.PATIENCE["retries"])):
        script.add_client_error("associate_web_acl", UNAVAILABLE, "later")
    with pytest.raises(AnsibleAWSError, match=rf"Failed to associate {ACL} with .*\({UNAVAILABLE}\)"):
        api.associate(script.client, ACL, BALANCER)
    assert max(pauses) <= 30
    assert 200 < sum(pauses) < 1320


@pytest.mark.parametrize("call", ["put_logging_configuration", "delete_logging_configuration"])
def test_somebody_else_s_change_is_waited_out(script: Stubber, call: str) -> None:
    script.add_client_error(call, "WAFOptimisticLockException", "someone changed the resource")
    put = call.startswith("put")
    script.add_response(call, {})
    configuration: dict[str, Any] = {"ResourceArn": ACL, "LogDestinationConfigs": ["arn:aws:s3:::aws-waf-logs-shop"]}
    if put:
        api.put_logging(script.client, configuration)
    else:
        api.delete_logging(script.client, ACL)


def test_failure_to_read_is_not_taken_for_a_missing_configuration(script: Stubber) -> None:
    script.add_client_error("get_logging_configuration", "AccessDeniedException", "not authorized")
    with pytest.raises(AnsibleAWSError, match=r"Failed to get the logging configuration of .*not authorized"):
        api.get_logging(script.client, ACL)
