# SPDX-License-Identifier: GPL-3.0-or-later
"""What does not go together in how a service is deployed, and how long it takes on purpose."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._deployment_strategy import (
    deployment_strategy_problems,
    shift_minutes,
)

INPUTS: dict[str, Any] = {
    "strategy": "canary",
    "step_percent": 10.0,
    "step_minutes": 10,
    "bake_minutes": 5,
    "requests_target": 0,
    "alarms_enabled": True,
    "rollback_alarms": ["errors"],
    "lifecycle_hooks": [],
    "test_header": "",
}
HOOK = {"target_arn": "arn:lambda", "stages": ["PRE_SCALE_UP"]}


@pytest.mark.parametrize("strategy", ["rolling", "blue_green", "canary", "linear"])
def test_the_defaults_go_together(strategy: str) -> None:
    assert deployment_strategy_problems({**INPUTS, "strategy": strategy}) == []


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"step_percent": 0.0}, "ecs_service_step_percent is 0.0; expected 0.1 to 100"),
        ({"step_percent": 10.05}, "in tenths for canary"),
        ({"strategy": "linear", "step_percent": 1.0}, "expected 3.0 to 100"),
        ({"step_minutes": 2000}, "ecs_service_step_minutes is 2000; expected 0 to 1440"),
        ({"bake_minutes": -1}, "ecs_service_bake_minutes is -1"),
        ({"requests_target": 500}, "ecs_service_requests_target is 500, which counts the requests of one target group"),
        ({"alarms_enabled": False}, "ecs_service_rollback_alarms names errors"),
        ({"lifecycle_hooks": [HOOK]}, "names arn:lambda without role_arn"),
        ({"strategy": "rolling", "lifecycle_hooks": [HOOK]}, "needs another ecs_service_deployment_strategy"),
        ({"strategy": "rolling", "test_header": "X-Test"}, "ecs_service_test_header is given"),
    ],
)
def test_what_does_not_go_together_is_said(changes: dict[str, Any], told: str) -> None:
    (problem,) = deployment_strategy_problems({**INPUTS, **changes})
    assert told in problem


@pytest.mark.parametrize(("strategy", "minutes"), [("rolling", 0), ("blue_green", 5), ("canary", 15), ("linear", 95)])
def test_minutes_are_waited_on_purpose(strategy: str, minutes: int) -> None:
    assert shift_minutes({**INPUTS, "strategy": strategy}) == minutes


def test_linear_steps_that_do_not_divide_end_with_a_smaller_one() -> None:
    assert shift_minutes({**INPUTS, "strategy": "linear", "step_percent": 30.0}) == 35
