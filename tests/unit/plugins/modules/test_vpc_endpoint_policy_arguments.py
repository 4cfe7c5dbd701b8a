# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong arguments are refused before anything is asked of AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.palisade.ecs.plugins.modules import vpc_endpoint_policy
from ansible_collections.palisade.ecs.tests.unit.plugins.module_utils.endpoint_policies import DENY_ONLY, with_test

POLICY = {"Statement": {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}}
# Nothing listens there: had the module called AWS, it would complain about the connection instead.
CONNECTION = {
    "region": "eu-central-1",
    "endpoint_url": "http://127.0.0.1:9",
    "access_key": "local",
    "secret_key": "local",
    "aws_config": {"retries": {"max_attempts": 0}},
}


def without(element: str) -> dict[str, Any]:
    return {"Statement": {name: value for name, value in POLICY["Statement"].items() if name != element}}


def failure(capsys: pytest.CaptureFixture[str], **arguments: Any) -> str:
    with patch_module_args({**CONNECTION, **arguments}), pytest.raises(SystemExit):
        vpc_endpoint_policy.main()
    result = json.loads(capsys.readouterr().out)
    assert result["failed"]
    return str(result["msg"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"policy": POLICY}, "one of the following is required: vpc_endpoint_id, vpc_id"),
        ({"policy": POLICY, "vpc_id": "vpc-1"}, "parameters are required together: vpc_id, service"),
        ({"policy": POLICY, "vpc_id": "vpc-1", "service": "s3", "vpc_endpoint_id": "vpce-1"}, "mutually exclusive"),
        ({"vpc_endpoint_id": "vpce-1"}, "state is present but all of the following are missing: policy"),
        ({"vpc_endpoint_id": "", "policy": POLICY}, "name the endpoint by vpc_endpoint_id"),
        ({"vpc_endpoint_id": "vpce-1", "policy": "{"}, "policy is not valid JSON"),
        ({"vpc_endpoint_id": "vpce-1", "policy": {"Statement": []}}, "policy is malformed: it has no Statement"),
        ({"vpc_endpoint_id": "vpce-1", "policy": {**POLICY, "Id": "x" * 20480}}, "AWS takes at most 20480"),
        ({"vpc_endpoint_id": "vpce-1", "policy": without("Principal")}, "statement 1 has no Principal"),
        ({"vpc_endpoint_id": "vpce-1", "policy": DENY_ONLY}, "confirm with allow_deny_all: true"),
        (
            {"vpc_endpoint_id": "vpce-1", "policy": with_test("StringLike", "aws:SourceVpce", "vpce-0a1b*")},
            "takes no wildcards for ids",
        ),
    ],
)
def test_wrong_argument_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: dict[str, Any], complaint: str
) -> None:
    assert complaint in failure(capsys, **arguments)


def test_right_arguments_do_reach_aws(capsys: pytest.CaptureFixture[str]) -> None:
    message = failure(capsys, vpc_endpoint_id="vpce-1", policy=json.dumps(POLICY))
    assert "Failed to describe VPC endpoint vpce-1" in message
    assert "http://127.0.0.1:9" in message
