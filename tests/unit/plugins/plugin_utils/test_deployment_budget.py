# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a deployment takes."""

from __future__ import annotations

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._deployment_budget import deployment_budget

SETTINGS = {
    "bake_time": 60,
    "deregistration_delay": 30,
    "desired_count": 2,
    "grace_period": 60,
    "health_check_interval": 10,
    "stop_timeout": 60,
    "wait_timeout": 900,
}


def test_times_are_added_up() -> None:
    told = deployment_budget(SETTINGS)
    # 2 checks, draining, watching, and at most the time to stop.
    assert "takes 110 to 170 s" in told
    # Three tasks have to fail, two at a time, each after the grace period, and drain and stop.
    assert told.endswith("is rolled back within about 300 s.")


@pytest.mark.parametrize(("desired", "seconds"), [(0, 450), (1, 450), (3, 150), (8, 150)])
def test_fewer_tasks_fail_one_after_the_other(desired: int, seconds: int) -> None:
    assert f"within about {seconds} s." in deployment_budget({**SETTINGS, "desired_count": desired})


@pytest.mark.parametrize(("limit", "said"), [(299, True), (300, False)])
def test_a_limit_that_comes_before_the_end_is_told(limit: int, said: bool) -> None:
    assert ("may be before it is over" in deployment_budget({**SETTINGS, "wait_timeout": limit})) is said


def test_what_moves_requests_waits_for_alarms_and_is_stopped_in_the_end() -> None:
    told = deployment_budget({**SETTINGS, "bake_time": 0, "shift_seconds": 1200, "wait_timeout": 2100})
    assert "takes 1250 to 1310 s" in told
    assert told.endswith("One that is not over after 2100 s is rolled back.")
