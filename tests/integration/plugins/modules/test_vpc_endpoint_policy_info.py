# SPDX-License-Identifier: GPL-3.0-or-later
"""The policies of VPC endpoints, read by modules."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.plugins.modules.ec2_account import REGION, Ec2, Json, Modules

MODULE = "palisade.ecs.vpc_endpoint_policy_info"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "dynamodb:GetItem", "Resource": "*"}],
}


def task(dry: bool = False, **arguments: Any) -> Json:
    return {MODULE: arguments, "check_mode": dry}


def test_policies_are_read_in_every_mode(ec2: Ec2, modules: Modules) -> None:
    dynamodb, s3, logs = (f"com.amazonaws.{REGION}.{name}" for name in ("dynamodb", "s3", "logs"))
    vpc_id, restricted = ec2.make_endpoint("Gateway", dynamodb, PolicyDocument=json.dumps(POLICY))
    made = ec2.client.create_vpc_endpoint(VpcId=vpc_id, ServiceName=s3, VpcEndpointType="Gateway")["VpcEndpoint"]
    ec2.make_endpoint("Gateway", s3)
    written = len(ec2.writes)

    everything, dry, some, by_id, missing, empty, none = modules.run(
        task(vpc_id=vpc_id),
        task(dry=True, vpc_id=vpc_id),
        task(vpc_id=vpc_id, services=["dynamodb", logs]),
        task(vpc_endpoint_id=made["VpcEndpointId"]),
        task(vpc_endpoint_id="vpce-00000000000000000"),
        task(vpc_id="vpc-00000000000000000"),
        task(),
    )
    ours = {
        "vpc_endpoint_id": restricted,
        "service_name": dynamodb,
        "vpc_endpoint_type": "Gateway",
        "state": "available",
        "policy": POLICY,
        "is_full_access": False,
    }
    open_to_all = {
        **ours,
        "vpc_endpoint_id": made["VpcEndpointId"],
        "service_name": s3,
        "policy": ec2.policy(made["VpcEndpointId"]),
        "is_full_access": True,
    }
    assert everything["vpc_endpoints"] == dry["vpc_endpoints"] == [ours, open_to_all]
    assert some["vpc_endpoints"] == [ours]
    assert by_id["vpc_endpoints"] == [open_to_all]
    assert missing["vpc_endpoints"] == empty["vpc_endpoints"] == []
    assert not any(result["changed"] for result in (everything, dry, some, by_id, missing, empty))
    assert "one of the following is required: vpc_endpoint_id, vpc_id" in none["msg"]
    assert len(ec2.writes) == written
