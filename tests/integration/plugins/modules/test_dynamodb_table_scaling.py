# SPDX-License-Identifier: GPL-3.0-or-later
"""Autoscaling of tables, kept by the module and asked for at Application Auto Scaling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import dynamodb_table_scaling

from tests.integration.plugins.modules.aws_account import AwsAccount, Json

SCALED: Json = {
    "name": "shop",
    "indexes": ["by-customer"],
    "min_read_capacity": 5,
    "max_read_capacity": 100,
    "min_write_capacity": 2,
    "max_write_capacity": 50,
}
AWAY: Json = {"name": "shop", "state": "absent"}
READS: Json = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": "table/shop",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
}


@pytest.fixture
def scaling(aws: AwsAccount) -> Any:
    """Application Auto Scaling, with the table and another one whose name begins the same."""
    dynamodb, units = aws.client("dynamodb"), {"ReadCapacityUnits": 5, "WriteCapacityUnits": 5}
    key = [{"AttributeName": "pk", "KeyType": "HASH"}]
    for name in ("shop", "shop-2"):
        dynamodb.create_table(
            TableName=name,
            KeySchema=key,
            AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
            ProvisionedThroughput=units,
        )
    client = aws.client("application-autoscaling")
    client.register_scalable_target(**{**READS, "ResourceId": "table/shop-2"}, MinCapacity=1, MaxCapacity=9)
    aws.written()
    return client


def targets(scaling: Any, table: str = "table/shop") -> dict[str, tuple[int, int]]:
    found = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
    return {
        f"{one['ResourceId']} {one['ScalableDimension']}": (one["MinCapacity"], one["MaxCapacity"])
        for one in found
        if one["ResourceId"].split("/index")[0] == table
    }


def test_story_of_scaling(aws: AwsAccount, scaling: Any) -> None:
    dry = aws.run(dynamodb_table_scaling, dry=True, **SCALED)
    assert (dry["diff"]["before"], aws.written()) == ({"targets": []}, [])
    made, again = (aws.run(dynamodb_table_scaling, dry=dry, **SCALED) for dry in (False, True))
    assert [one["changed"] for one in (dry, made, again)] == [True, True, False]
    assert dry["targets"] == made["targets"] == again["targets"]
    assert aws.written() == ["RegisterScalableTarget", "PutScalingPolicy"] * 4
    assert targets(scaling) == {
        "table/shop dynamodb:table:ReadCapacityUnits": (5, 100),
        "table/shop dynamodb:table:WriteCapacityUnits": (2, 50),
        "table/shop/index/by-customer dynamodb:index:ReadCapacityUnits": (5, 100),
        "table/shop/index/by-customer dynamodb:index:WriteCapacityUnits": (2, 50),
    }
    without = {**SCALED, "indexes": [], "max_read_capacity": 200}
    foreseen, changed = (aws.run(dynamodb_table_scaling, dry=dry, **without) for dry in (True, False))
    assert foreseen["targets"] == changed["targets"]
    assert aws.written() == ["DeregisterScalableTarget"] * 2 + ["RegisterScalableTarget"]
    told = [aws.run(dynamodb_table_scaling, dry=dry, **AWAY) for dry in (True, False, False)]
    assert [one["changed"] for one in told] == [True, True, False]
    assert aws.written() == ["DeregisterScalableTarget"] * 2
    assert targets(scaling) == {}
    assert len(targets(scaling, "table/shop-2")) == 1


Drift = Callable[[Any, Json], Any]
DRIFTS: dict[str, Drift] = {
    "another limit": lambda client, policy: client.register_scalable_target(**READS, MinCapacity=1, MaxCapacity=9),
    "no target": lambda client, policy: client.deregister_scalable_target(**READS),
    "no policy": lambda client, policy: client.delete_scaling_policy(**READS, PolicyName=policy["PolicyName"]),
    "another utilization": lambda client, policy: put(client, policy, TargetValue=20.0),
    "never scaled in": lambda client, policy: put(client, policy, DisableScaleIn=True),
    "another index": lambda client, policy: client.register_scalable_target(
        ServiceNamespace="dynamodb",
        ResourceId="table/shop/index/by-date",
        ScalableDimension="dynamodb:index:ReadCapacityUnits",
        MinCapacity=1,
        MaxCapacity=9,
    ),
}


def put(client: Any, policy: Json, **settings: Any) -> None:
    tracking = {**policy["TargetTrackingScalingPolicyConfiguration"], **settings}
    named = {"PolicyName": policy["PolicyName"], "PolicyType": policy["PolicyType"]}
    client.put_scaling_policy(**READS, **named, TargetTrackingScalingPolicyConfiguration=tracking)


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_is_foreseen_and_repaired(aws: AwsAccount, scaling: Any, drift: str) -> None:
    before = aws.run(dynamodb_table_scaling, **SCALED)
    policies = scaling.describe_scaling_policies(**READS)["ScalingPolicies"]
    DRIFTS[drift](scaling, policies[0])
    aws.written()
    foreseen = aws.run(dynamodb_table_scaling, dry=True, **SCALED)
    assert aws.written() == []
    done, again = (aws.run(dynamodb_table_scaling, dry=dry, **SCALED) for dry in (False, True))
    assert [one["changed"] for one in (foreseen, done, again)] == [True, True, False]
    assert foreseen["diff"]["before"] != foreseen["diff"]["after"]
    assert foreseen["targets"] == done["targets"] == before["targets"]


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"min_read_capacity": 101}, "min_read_capacity is 101 and max_read_capacity is 100; expected"),
        ({"min_write_capacity": 0}, "min_write_capacity is 0"),
        ({"target_utilization": 95}, "target_utilization is 95; expected 20 to 90"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(aws: AwsAccount, arguments: Json, message: str) -> None:
    assert message in aws.run(dynamodb_table_scaling, **{**SCALED, **arguments})["msg"]
    assert aws.written() == []
