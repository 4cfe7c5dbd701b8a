# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a deployment takes."""

from __future__ import annotations

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._deployment_budget import deployment_budget

SETTINGS = {
    "alarms": 0,
    "bake_time": 60,
    "deregistration_delay": 30,
    "desired_count": 2,
    "drain_time": 25,
    "grace_period": 60,
    "health_check_interval": 10,
    "shift_seconds": 0,
    "start_seconds": 40,
    "stop_timeout": 60,
    "wait_interval": 5,
    "wait_timeout": 900,
}


def test_times_are_added_up() -> None:
    told = deployment_budget(SETTINGS)
    # What is certain; and besides one check, as one is enough for a new target, what requests take, and the last look.
    assert told.startswith("A deployment takes 130 to 170 s: 40 s in which a task starts")
    assert "up to 10 s until its first health check, 30 s in which old tasks drain, up to 25 s in which they" in told
    # Three tasks have to fail, two at a time, each after it started, the grace period, and drain and stop.
    assert told.endswith("is rolled back within about 380 s.")


@pytest.mark.parametrize(
    ("name", "least", "most"),
    [
        ("start_seconds", 7, 7),
        ("health_check_interval", 0, 7),
        ("deregistration_delay", 7, 7),
        ("drain_time", 0, 7),
        ("bake_time", 7, 7),
        ("shift_seconds", 7, 7),
        ("wait_interval", 0, 7),
        ("stop_timeout", 0, 0),
    ],
)
def test_each_time_counts_once(name: str, least: int, most: int) -> None:
    told = deployment_budget({**SETTINGS, name: SETTINGS[name] + 7})
    assert f"takes {130 + least} to {170 + most} s" in told


def test_how_long_a_task_starts_may_be_unknown() -> None:
    told = deployment_budget({**SETTINGS, "start_seconds": 0})
    assert told.startswith("A deployment takes 90 to 130 s and the time in which a task starts: up to 10 s until its")


@pytest.mark.parametrize(("desired", "seconds"), [(0, 570), (1, 570), (3, 190), (8, 190)])
def test_fewer_tasks_fail_one_after_the_other(desired: int, seconds: int) -> None:
    assert f"within about {seconds} s." in deployment_budget({**SETTINGS, "desired_count": desired})


@pytest.mark.parametrize(("limit", "said"), [(379, True), (380, False)])
def test_a_limit_that_comes_before_the_end_is_told(limit: int, said: bool) -> None:
    assert ("may be before it is over" in deployment_budget({**SETTINGS, "wait_timeout": limit})) is said


def test_alarms_of_a_rolling_deployment_take_time_that_only_ecs_knows() -> None:
    assert "ECS waits besides" not in deployment_budget(SETTINGS)
    assert "ECS waits besides for as long as its alarms take." in deployment_budget({**SETTINGS, "alarms": 2})


def test_what_moves_requests_waits_for_alarms_and_is_stopped_in_the_end() -> None:
    shifting = {"alarms": 2, "bake_time": 0, "shift_seconds": 1200, "wait_timeout": 2100}
    told = deployment_budget({**SETTINGS, **shifting})
    assert "takes 1270 to 1310 s" in told
    assert "1200 s in which it waits for alarms" in told
    assert told.endswith("One that is not over after 2100 s is rolled back.")
