# SPDX-License-Identifier: GPL-3.0-or-later
"""When a deployment counts as failed."""

from __future__ import annotations

import pytest

from emulator.scheduler.circuit_breaker import threshold_of, trips

ON = {"enable": True, "rollback": True}


@pytest.mark.parametrize(("desired", "threshold"), [(0, 3), (1, 3), (6, 3), (7, 4), (25, 13), (399, 200), (1000, 200)])
def test_half_of_the_tasks_may_fail_and_at_least_two(desired: int, threshold: int) -> None:
    assert threshold_of(desired) == threshold


@pytest.mark.parametrize(
    ("state", "failed", "breaker", "expected"),
    [
        ("IN_PROGRESS", 3, ON, True),
        ("IN_PROGRESS", 2, ON, False),
        ("IN_PROGRESS", 3, {"enable": False, "rollback": False}, False),
        ("COMPLETED", 9, ON, False),
        ("FAILED", 9, ON, False),
    ],
)
def test_only_a_watched_deployment_that_is_under_way_trips(
    state: str, failed: int, breaker: dict[str, bool], expected: bool
) -> None:
    assert trips({"rolloutState": state, "failedTasks": failed}, 2, breaker) is expected
