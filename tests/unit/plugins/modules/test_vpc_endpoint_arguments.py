# SPDX-License-Identifier: GPL-3.0-or-later
"""Wrong arguments are refused before anything is asked of AWS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible.module_utils.testing import patch_module_args
from ansible_collections.palisade.ecs.plugins.modules import vpc_endpoint, vpc_endpoint_policy_info

# Nothing listens there: had the module called AWS, it would complain about the connection instead.
CONNECTION = {
    "region": "eu-central-1",
    "endpoint_url": "http://127.0.0.1:9",
    "access_key": "local",
    "secret_key": "local",
    "aws_config": {"retries": {"max_attempts": 0}},
}
GATEWAY = {"vpc_id": "vpc-1", "service": "s3", "vpc_endpoint_type": "Gateway", "route_table_ids": ["rtb-1"]}


def failure(module: Any, capsys: pytest.CaptureFixture[str], **arguments: Any) -> str:
    with patch_module_args({**CONNECTION, **arguments}), pytest.raises(SystemExit):
        module.main()
    result = json.loads(capsys.readouterr().out)
    assert result["failed"]
    return str(result["msg"])


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({"service": "s3"}, "missing required arguments: vpc_id"),
        ({"vpc_id": "vpc-1", "service": "s3"}, "state is present but all of the following are missing: vpc_endpoint"),
        ({**GATEWAY, "vpc_endpoint_type": "GatewayLoadBalancer"}, "value of vpc_endpoint_type must be one of"),
        ({**GATEWAY, "route_table_ids": []}, "gateway endpoints need route_table_ids"),
        ({**GATEWAY, "subnet_ids": ["subnet-1"]}, "gateway endpoints have no subnet_ids"),
        ({**GATEWAY, "vpc_endpoint_type": "Interface"}, "interface endpoints have no route_table_ids"),
    ],
)
def test_wrong_argument_is_refused(
    capsys: pytest.CaptureFixture[str], arguments: dict[str, Any], complaint: str
) -> None:
    assert complaint in failure(vpc_endpoint, capsys, **arguments)


def test_right_arguments_do_reach_aws(capsys: pytest.CaptureFixture[str]) -> None:
    message = failure(vpc_endpoint, capsys, **GATEWAY)
    assert "Failed to list the VPC endpoints for com.amazonaws.eu-central-1.s3 in vpc-1" in message
    assert "http://127.0.0.1:9" in message


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        ({}, "one of the following is required: vpc_endpoint_id, vpc_id"),
        ({"vpc_endpoint_id": "vpce-1", "services": ["s3"]}, "mutually exclusive: vpc_endpoint_id|services"),
        ({"vpc_id": "vpc-1"}, "Failed to list the VPC endpoints for all services in vpc-1"),
    ],
)
def test_info_asks_for_one_endpoint_or_a_vpc(
    capsys: pytest.CaptureFixture[str], arguments: dict[str, Any], complaint: str
) -> None:
    assert complaint in failure(vpc_endpoint_policy_info, capsys, **arguments)
