# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to answer as AWS does: what the security of a stack is made of."""

from __future__ import annotations

from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_site import Emulator


@pytest.fixture(scope="module")
def emulator(shared_emulator: Emulator) -> Emulator:
    return shared_emulator


def code(error: pytest.ExceptionInfo[ClientError]) -> str:
    return str(error.value.response["Error"]["Code"])


def test_flow_logs_of_one_destination_differ_in_their_settings(emulator: Emulator) -> None:
    ec2 = emulator.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.7.0.0/16")["Vpc"]["VpcId"]
    options: dict[str, Any] = {
        "ResourceType": "VPC",
        "ResourceIds": [vpc],
        "LogGroupName": "flow-logs",
        "DeliverLogsPermissionArn": "arn:aws:iam::123456789012:role/flow-logs",
    }
    made = [ec2.create_flow_logs(TrafficType=kind, **options)["FlowLogIds"][0] for kind in ("ACCEPT", "REJECT")]
    with pytest.raises(ClientError) as error:
        ec2.create_flow_logs(TrafficType="REJECT", **options)
    assert code(error) == "FlowLogAlreadyExists"
    found = ec2.describe_flow_logs(Filter=[{"Name": "resource-id", "Values": [vpc]}])["FlowLogs"]
    assert sorted(one["FlowLogId"] for one in found) == sorted(made)
