# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong with the scaling by the clock."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._scheduled_scaling import scheduled_scaling_problems

EVENING = {"name": "evening", "schedule": "cron(0 18 * * ? *)", "min_count": 4}
NIGHT = {"name": "night", "schedule": "cron(0 23 * * ? *)", "min_count": 2, "max_count": 3}


@pytest.mark.parametrize(
    "actions",
    [
        [],
        [EVENING, NIGHT],
        [{**EVENING, "min_count": 6}],
        # Another action makes room for it.
        [{**EVENING, "min_count": 8}, {**NIGHT, "max_count": 9}],
        [{**EVENING, "min_count": "0", "max_count": None}],
    ],
)
def test_what_can_be_done(actions: list[dict[str, Any]]) -> None:
    assert scheduled_scaling_problems(actions, 2, 6) == []


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"schedule": "18:00"}, "with the schedule 18:00; expected at(...), cron(...) or rate(...)"),
        ({"min_count": None}, "that changes nothing"),
        ({"min_count": -1}, "with min_count -1; expected 0 or more"),
        ({"min_count": 5, "max_count": 4}, "with min_count 5 above its max_count 4"),
        ({"min_count": 7}, "with min_count 7, which is above every maximum (6)"),
        ({"min_count": None, "max_count": 1}, "with max_count 1, which is below every minimum (2)"),
    ],
)
def test_what_cannot_is_said(changes: dict[str, Any], words: str) -> None:
    (problem,) = scheduled_scaling_problems([{**EVENING, **changes}], 2, 6)
    assert problem.startswith("ecs_service_scheduled_scaling has an action evening ")
    assert words in problem


def test_a_name_is_given_once() -> None:
    assert scheduled_scaling_problems([EVENING, EVENING], 2, 6) == [
        "ecs_service_scheduled_scaling has the name evening twice; expected each once."
    ]
