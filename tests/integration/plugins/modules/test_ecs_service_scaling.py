# SPDX-License-Identifier: GPL-3.0-or-later
"""Autoscaling of a service, kept by the module and asked for at Application Auto Scaling."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecs_service_scaling

from tests.integration.plugins.modules.aws_account import AwsAccount, Json

TARGET: Json = {
    "ServiceNamespace": "ecs",
    "ResourceId": "service/shop/shop",
    "ScalableDimension": "ecs:service:DesiredCount",
}
OTHER: Json = {**TARGET, "ResourceId": "service/shop/other"}
EVENING: Json = {"name": "evening", "schedule": "cron(0 18 * * ? *)", "timezone": "Europe/Berlin", "min_count": 4}
NAMED: Json = {"cluster": "shop", "service": "shop"}
WANTED: Json = {**NAMED, "min_count": 2, "max_count": 6, "cpu_target": 60, "scheduled_actions": [EVENING]}


@pytest.fixture
def scaling(aws: AwsAccount) -> Any:
    """Application Auto Scaling, with the service and another one that is scaled."""
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName="shop")
    ecs.register_task_definition(family="shop", containerDefinitions=[{"name": "app", "image": "shop", "memory": 128}])
    for name in ("shop", "other"):
        ecs.create_service(cluster="shop", serviceName=name, taskDefinition="shop", desiredCount=3)
    client = aws.client("application-autoscaling")
    client.register_scalable_target(**OTHER, MinCapacity=1, MaxCapacity=9)
    client.put_scheduled_action(
        **OTHER, ScheduledActionName="night", Schedule="rate(1 day)", ScalableTargetAction={"MinCapacity": 1}
    )
    aws.written()
    return client


def names(scaling: Any, target: Json = TARGET) -> tuple[list[str], list[str]]:
    policies = scaling.describe_scaling_policies(**target)["ScalingPolicies"]
    actions = scaling.describe_scheduled_actions(**target)["ScheduledActions"]
    return [one["PolicyName"] for one in policies], [one["ScheduledActionName"] for one in actions]


def test_limits_have_to_be_given(aws: AwsAccount) -> None:
    told = aws.run(ecs_service_scaling, **NAMED)
    assert told["msg"] == "state is present but all of the following are missing: min_count, max_count"


def test_story(aws: AwsAccount, scaling: Any) -> None:
    dry = aws.run(ecs_service_scaling, dry=True, **WANTED)
    assert (dry["changed"], dry["diff"]["before"], aws.written()) == (True, {}, [])
    made, again = (aws.run(ecs_service_scaling, dry=dry, **WANTED) for dry in (False, True))
    assert aws.written() == ["RegisterScalableTarget", "PutScalingPolicy", "PutScheduledAction"]
    assert again["changed"] is False
    assert {key: value for key, value in dry.items() if key != "diff"} == made
    assert names(scaling) == (["shop-cpu"], ["evening"])
    other = {**WANTED, "cpu_target": 0, "memory_target": 70, "scheduled_actions": [], "max_count": 8}
    foreseen, changed, same = (aws.run(ecs_service_scaling, dry=dry, **other) for dry in (True, False, True))
    assert foreseen["policies"] == changed["policies"] == same["policies"]
    assert aws.written() == [
        *("RegisterScalableTarget", "PutScalingPolicy", "DeleteScalingPolicy", "DeleteScheduledAction"),
    ]
    assert (names(scaling), same["changed"]) == ((["shop-memory"], []), False)
    told = [aws.run(ecs_service_scaling, dry=dry, **NAMED, state="absent") for dry in (True, False, False)]
    assert [one["changed"] for one in told] == [True, True, False]
    assert aws.written() == ["DeregisterScalableTarget"]
    assert names(scaling) == ([], [])
    # Nothing of this concerned the other service, or anybody's number of tasks.
    assert names(scaling, OTHER) == ([], ["night"])
    services = aws.client("ecs").describe_services(cluster="shop", services=["shop", "other"])["services"]
    assert [one["desiredCount"] for one in services] == [3, 3]


Drift = Callable[[Any], Any]
DRIFTS: dict[str, Drift] = {
    "other limits": lambda client: client.register_scalable_target(**TARGET, MinCapacity=1, MaxCapacity=9),
    "no target": lambda client: client.deregister_scalable_target(**TARGET),
    "no policy": lambda client: client.delete_scaling_policy(**TARGET, PolicyName="shop-cpu"),
    "a policy more": lambda client: client.put_scaling_policy(
        **TARGET, PolicyName="mine", PolicyType="StepScaling", StepScalingPolicyConfiguration={"Cooldown": 1}
    ),
    "another schedule": lambda client: client.put_scheduled_action(
        **TARGET, ScheduledActionName="evening", Schedule="rate(1 day)", ScalableTargetAction={"MinCapacity": 4}
    ),
}


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_is_foreseen_and_repaired(aws: AwsAccount, scaling: Any, drift: str) -> None:
    before = aws.run(ecs_service_scaling, **WANTED)
    DRIFTS[drift](scaling)
    aws.written()
    foreseen = aws.run(ecs_service_scaling, dry=True, **WANTED)
    assert aws.written() == []
    done, again = (aws.run(ecs_service_scaling, dry=dry, **WANTED) for dry in (False, True))
    assert [one["changed"] for one in (foreseen, done, again)] == [True, True, False]
    assert foreseen["diff"]["before"] != foreseen["diff"]["after"]
    assert done == before
    assert names(scaling) == (["shop-cpu"], ["evening"])


def test_evening_is_left_alone_when_it_has_come(aws: AwsAccount, scaling: Any) -> None:
    aws.run(ecs_service_scaling, **WANTED)
    scaling.register_scalable_target(**TARGET, MinCapacity=4)
    aws.written()
    told = aws.run(ecs_service_scaling, **WANTED)
    assert (told["changed"], told["min_count"], aws.written()) == (False, 4, [])


def test_what_cannot_be_is_refused_before_anything_is_written(aws: AwsAccount, scaling: Any) -> None:
    assert "min_count is 7 and max_count is 6" in aws.run(ecs_service_scaling, **{**WANTED, "min_count": 7})["msg"]
    assert aws.run(ecs_service_scaling, **{**WANTED, "requests_target": 9})["msg"].startswith("requests_target needs")
    assert aws.written() == []
