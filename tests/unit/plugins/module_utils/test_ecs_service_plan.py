# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a service."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_service_plan import Change, Service, described, plan
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

SPOT = {"capacity_provider": "FARGATE_SPOT", "weight": 3, "base": 0}
ON_DEMAND = {"capacity_provider": "FARGATE", "weight": 1, "base": 2}
GROUP = {"target_group_arn": "arn:group", "container_name": "app", "container_port": 8443}
WANTED: dict[str, Any] = {
    "cluster": "shop",
    "name": "shop",
    "task_definition": "shop:3",
    "seen_task_definition": None,
    "desired_count": 2,
    "capacity_provider_strategy": [ON_DEMAND, SPOT],
    "platform_version": "LATEST",
    "subnets": ["subnet-b", "subnet-a"],
    "security_groups": ["sg-a"],
    "public_ip_enabled": False,
    "load_balancers": [GROUP],
    "health_check_grace_period": 60,
    "minimum_healthy_percent": 100,
    "maximum_percent": 200,
    "circuit_breaker_enabled": True,
    "deployment_strategy": "rolling",
    "bake_minutes": 10,
    "step_percent": 10.0,
    "step_bake_minutes": 10,
    "rollback_alarms": [],
    "lifecycle_hooks": [],
    "zone_rebalancing_enabled": True,
    "managed_tags_enabled": True,
    "propagate_tags": "SERVICE",
    "execute_command_enabled": False,
    "tags": {"Application": "shop"},
    "purge_tags": True,
}


def found(**other: Any) -> dict[str, Any]:
    """Return the service as ECS describes it after what was wanted was written."""
    asked = {key: value for part in plan(Service(), WANTED).after.request().values() for key, value in part.items()}
    return {
        **asked,
        "serviceName": "shop",
        "serviceArn": "arn:service",
        "status": "ACTIVE",
        "desiredCount": 5,
        "taskDefinition": "arn:aws:ecs:eu-central-1:123456789012:task-definition/shop:3",
        "capacityProviderStrategy": list(reversed(asked["capacityProviderStrategy"])),
        "tags": [{"key": "Application", "value": "shop"}],
        **other,
    }


def change(found: dict[str, Any], **other: Any) -> Change:
    return plan(described(found), {**WANTED, **other})


def test_what_was_written_is_what_is_wanted_however_many_tasks_there_are() -> None:
    done = change(found(), subnets=["subnet-a", "subnet-b"], desired_count=9)
    assert (bool(done), done.as_result(diff=False)["service"]["desired_count"]) == (False, 5)


@pytest.mark.parametrize("status", ["DRAINING", "INACTIVE"])
def test_deleted_service_is_none(status: str) -> None:
    new = change(found(status=status))
    assert (new.before, new.deploys, new.after.desired_count) == (Service(), True, 2)


@pytest.mark.parametrize(
    ("other", "asked", "deploys"),
    [
        ({"task_definition": "shop:4"}, {"taskDefinition": "shop:4"}, True),
        ({"platform_version": "1.4.0"}, {"platformVersion": "1.4.0"}, True),
        ({"zone_rebalancing_enabled": False}, {"availabilityZoneRebalancing": "DISABLED"}, False),
        ({"managed_tags_enabled": False}, {"enableECSManagedTags": False}, False),
        ({"propagate_tags": "NONE"}, {"propagateTags": "NONE"}, False),
        ({"execute_command_enabled": True}, {"enableExecuteCommand": True}, False),
        ({"health_check_grace_period": 90}, {"healthCheckGracePeriodSeconds": 90}, False),
        (
            {"capacity_provider_strategy": [SPOT]},
            {
                "capacityProviderStrategy": [{"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}],
                "forceNewDeployment": True,
            },
            True,
        ),
        ({"tags": {"Stage": "dev"}}, {}, False),
    ],
)
def test_only_what_differs_is_asked_for(other: dict[str, Any], asked: dict[str, Any], deploys: bool) -> None:
    done = change(found(), **other)
    assert done
    assert (done.update, done.as_result(diff=False)["deploys"]) == (asked, deploys)


def test_parts_of_one_parameter_are_asked_for_together() -> None:
    network = change(found(), subnets=["subnet-c"], public_ip_enabled=True).update["networkConfiguration"]
    assert network == {
        "awsvpcConfiguration": {"subnets": ["subnet-c"], "securityGroups": ["sg-a"], "assignPublicIp": "ENABLED"}
    }
    assert change(found(), maximum_percent=150).update == {
        "deploymentConfiguration": {
            "minimumHealthyPercent": 100,
            "maximumPercent": 150,
            "deploymentCircuitBreaker": {"enable": True, "rollback": True},
            "strategy": "ROLLING",
            "alarms": {"alarmNames": [], "enable": False, "rollback": False},
        }
    }


def test_launch_type_gives_way_to_a_strategy_with_new_tasks() -> None:
    before = found(launchType="FARGATE")
    del before["capacityProviderStrategy"]
    assert change(before).update["forceNewDeployment"] is True


def test_breaker_that_does_not_roll_back_is_none() -> None:
    configuration = {"deploymentCircuitBreaker": {"enable": True, "rollback": False}}
    assert change(found(deploymentConfiguration=configuration)).fields == ["circuit_breaker_enabled"]


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"task_definition": "shop"}, "expected a family and a revision"),
        ({"maximum_percent": 100}, "expected more than 100, or zone_rebalancing_enabled=false"),
        ({"capacity_provider_strategy": []}, "capacity_provider_strategy is empty"),
        ({"load_balancers": []}, "is for services behind a load balancer"),
    ],
)
def test_what_ecs_would_refuse_is_refused(other: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan(Service(), {**WANTED, **other})


def test_what_was_decided_on_before_a_rollback_is_not_deployed() -> None:
    wanted = {"task_definition": "shop:4", "seen_task_definition": "arn:aws:ecs:task-definition/shop:4"}
    with pytest.raises(PlanError, match="ran shop:4 a moment ago and runs shop:3 now, so shop:4 was not deployed"):
        change(found(), **wanted)
    assert change(found(), **{**wanted, "seen_task_definition": "shop:3"}).deploys
    assert not change(found(), task_definition="shop:3", seen_task_definition="shop:4")
