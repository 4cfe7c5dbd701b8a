# SPDX-License-Identifier: GPL-3.0-or-later
"""An endpoint is modified only when AWS is ready to: moto's endpoints always are."""

from __future__ import annotations

from typing import Any

import boto3
import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_policy_apply import apply
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_policy_plan import (
    Endpoint,
    Wanted,
    plan,
)
from botocore.stub import Stubber

DESCRIBE = "describe_vpc_endpoints"
MODIFY = "modify_vpc_endpoint"
RESPONSES: dict[str, Any] = {
    DESCRIBE: {"VpcEndpoints": [{"VpcEndpointId": "vpce-1", "State": "available"}]},
    MODIFY: {"Return": True},
}


@pytest.mark.parametrize(
    ("state", "wait", "calls"),
    [
        ("pending", True, [DESCRIBE, MODIFY, DESCRIBE]),
        ("available", True, [MODIFY, DESCRIBE]),
        ("pending", False, [MODIFY]),
    ],
)
def test_endpoint_is_waited_for_before_and_after(state: str, wait: bool, calls: list[str]) -> None:
    client = boto3.client("ec2", region_name="eu-central-1", aws_access_key_id="x", aws_secret_access_key="x")
    policy = {"Statement": {"Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}}
    change = plan(Endpoint("vpce-1", "s3", "Gateway", state, policy), Wanted("vpce-1", "", "", policy=None))
    with Stubber(client) as script:
        for call in calls:
            script.add_response(call, RESPONSES[call])
        apply(client, change, wait=wait, wait_timeout=1)
        script.assert_no_pending_responses()
