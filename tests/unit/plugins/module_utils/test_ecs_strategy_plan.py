# SPDX-License-Identifier: GPL-3.0-or-later
"""How a service is deployed: what is asked for, what is no change, and what is refused."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_service_plan import Service, described, plan
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

from tests.unit.plugins.module_utils.test_ecs_service_plan import GROUP, WANTED, found

PAIR = {
    **GROUP,
    "alternate_target_group_arn": "arn:other",
    "production_rule_arn": "arn:rule",
    "role_arn": "arn:role",
}
CANARY = {
    "load_balancers": [PAIR],
    "circuit_breaker_enabled": False,
    "deployment_strategy": "canary",
    "rollback_alarms": ["shop-errors"],
}
HOOK = {"target_arn": "arn:lambda", "role_arn": "arn:invoke", "stages": ["PRE_SCALE_UP"]}


def asked(**other: Any) -> dict[str, Any]:
    request = plan(Service(), {**WANTED, **CANARY, **other}).after.request()
    return {key: value for part in request.values() for key, value in part.items()}


def test_a_canary_is_asked_for_with_its_rules_and_its_alarms() -> None:
    request = asked()
    assert request["deploymentConfiguration"] == {
        "minimumHealthyPercent": 100,
        "maximumPercent": 200,
        "deploymentCircuitBreaker": {"enable": False, "rollback": False},
        "strategy": "CANARY",
        "bakeTimeInMinutes": 10,
        "canaryConfiguration": {"canaryPercent": 10.0, "canaryBakeTimeInMinutes": 10},
        "alarms": {"alarmNames": ["shop-errors"], "enable": True, "rollback": True},
        "lifecycleHooks": [],
    }
    assert request["loadBalancers"][0]["advancedConfiguration"] == {
        "alternateTargetGroupArn": "arn:other",
        "productionListenerRule": "arn:rule",
        "roleArn": "arn:role",
    }


@pytest.mark.parametrize(
    "other",
    [
        {},
        {"deployment_strategy": "blue_green"},
        {"deployment_strategy": "linear", "step_percent": 20.0},
        {"lifecycle_hooks": [HOOK]},
    ],
)
def test_what_was_written_is_what_is_wanted(other: dict[str, Any]) -> None:
    there = described({**found(), **asked(**other), "taskDefinition": "arn/shop:3"})
    assert not plan(there, {**WANTED, **CANARY, **other})


def test_which_of_two_groups_is_used_now_is_no_change() -> None:
    swapped = {**PAIR, "target_group_arn": "arn:other", "alternate_target_group_arn": "arn:group"}
    there = described({**found(), **asked(load_balancers=[swapped]), "taskDefinition": "arn/shop:3"})
    assert not plan(there, {**WANTED, **CANARY})
    assert plan(there, {**WANTED, **CANARY, "load_balancers": [{**PAIR, "production_rule_arn": "arn:new"}]})


def test_another_strategy_is_a_change_that_starts_no_task() -> None:
    there = described({**found(), **asked(), "taskDefinition": "arn/shop:3"})
    change = plan(there, {**WANTED, **CANARY, "deployment_strategy": "blue_green"})
    assert (bool(change), change.deploys, list(change.update)) == (True, False, ["deploymentConfiguration"])


@pytest.mark.parametrize(
    ("other", "message"),
    [
        ({"circuit_breaker_enabled": True}, "circuit_breaker_enabled is true, which works with rolling only"),
        ({"load_balancers": [GROUP]}, "needs alternate_target_group_arn, production_rule_arn, role_arn"),
        ({"step_percent": 0.05}, "step_percent is 0.05; expected 0.1 to 100 in tenths"),
        ({"step_percent": 100.1}, "step_percent is 100.1"),
        ({"deployment_strategy": "linear", "step_percent": 2.0}, "expected 3.0 to 100"),
        ({"bake_minutes": 1441}, "bake_minutes is 1441; expected 0 to 1440"),
        ({"lifecycle_hooks": [{**HOOK, "role_arn": None}]}, "the lifecycle hook arn:lambda has no role_arn"),
        ({"deployment_strategy": "rolling", "lifecycle_hooks": [HOOK]}, "lifecycle_hooks are for the other strategies"),
    ],
)
def test_what_does_not_fit_together_is_refused(other: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan(Service(), {**WANTED, **CANARY, **other})
