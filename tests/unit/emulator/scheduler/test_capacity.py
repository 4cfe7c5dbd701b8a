# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks are spread over capacity providers: bases first, then by weight."""

from __future__ import annotations

from collections import Counter
from typing import Any

import pytest

from emulator.scheduler.capacity import next_provider

ON_DEMAND: dict[str, Any] = {"capacityProvider": "FARGATE", "base": 2, "weight": 1}
SPOT: dict[str, Any] = {"capacityProvider": "FARGATE_SPOT", "weight": 3}


def spread(strategy: list[dict[str, Any]], number: int) -> dict[str, int]:
    tasks: Counter[str] = Counter()
    for _ in range(number):
        tasks[str(next_provider(strategy, tasks))] += 1
    return dict(tasks)


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (1, {"FARGATE": 1}),
        (2, {"FARGATE": 2}),
        (5, {"FARGATE": 2, "FARGATE_SPOT": 3}),
        (10, {"FARGATE": 4, "FARGATE_SPOT": 6}),
    ],
)
def test_base_comes_first_and_the_rest_is_shared_by_weight(number: int, expected: dict[str, int]) -> None:
    assert spread([SPOT, ON_DEMAND], number) == expected


def test_provider_that_lost_a_task_gets_the_next_one() -> None:
    assert next_provider([ON_DEMAND, SPOT], {"FARGATE": 1, "FARGATE_SPOT": 3}) == "FARGATE"
    assert next_provider([ON_DEMAND, SPOT], {"FARGATE": 3, "FARGATE_SPOT": 2}) == "FARGATE_SPOT"


def test_without_strategy_or_weight_there_is_none() -> None:
    assert next_provider([], {}) is None
    assert next_provider([{"capacityProvider": "FARGATE", "weight": 0}], {}) is None
