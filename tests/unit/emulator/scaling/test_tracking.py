# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tasks policies that track a target want."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.scaling.tracking import Decision, Memory, Reading, Scene, decide

CALM = Memory()


def scene(current: int, **more: Any) -> Scene:
    return Scene(**{"now": 1000.0, "current": current, "least": 2, "most": 10, **more})


def reading(value: float | None, **more: Any) -> Reading:
    return Reading(**{"policy": "cpu", "target": 60.0, "value": value, **more})


def count(decision: Decision | None) -> int | None:
    return decision.count if decision else None


@pytest.mark.parametrize(
    ("current", "value", "more", "expected"),
    [
        (2, 61.0, {"high": True}, 3),
        (2, 90.0, {"high": True}, 3),
        (4, 100.0, {"high": True}, 7),
        (9, 100.0, {"high": True}, 10),
        (10, 100.0, {"high": True}, None),
        (6, 30.0, {"low": True}, 3),
        (6, 0.0, {"low": True}, 2),
        (6, 59.0, {"low": True}, None),
        (2, 0.0, {"low": True}, None),
        # Neither alarm fires, or nothing is known.
        (2, 100.0, {}, None),
        (6, 0.0, {}, None),
        (6, None, {"low": True}, None),
        (6, 0.0, {"low": True, "scales_in": False}, None),
        # Rounded up, but not because of how numbers are kept.
        (3, 40.0, {"low": True}, 2),
    ],
)
def test_as_many_as_have_the_target(current: int, value: float | None, more: Any, expected: int | None) -> None:
    assert count(decide(scene(current), [reading(value, **more)], CALM)) == expected


def test_out_if_any_policy_wants_that_in_if_all_do() -> None:
    low, busy = reading(10.0, low=True), reading(50.0, policy="memory")
    assert decide(scene(6), [low, busy], CALM) is None
    assert count(decide(scene(6), [low, reading(70.0, policy="memory", high=True)], CALM)) == 7
    # As few are stopped as any of them wants; who never stops any is not asked.
    halved = reading(30.0, policy="memory", low=True)
    assert count(decide(scene(6), [low, halved], CALM)) == 3
    assert count(decide(scene(6), [low, reading(59.0, policy="memory", scales_in=False)], CALM)) == 2


@pytest.mark.parametrize(("suspended", "value", "alarm"), [("in", 0.0, "low"), ("out", 100.0, "high")])
def test_what_must_not_happen_now(suspended: str, value: float, alarm: str) -> None:
    assert decide(scene(6, **{f"may_scale_{suspended}": False}), [reading(value, **{alarm: True})], CALM) is None
    assert decide(scene(6), [reading(value, **{alarm: True})], CALM) is not None


def test_tasks_that_were_started_count_for_a_while() -> None:
    first = decide(scene(2), [reading(90.0, high=True, scale_out_cooldown=60.0)], CALM)
    assert first is not None
    assert (first.count, first.memory) == (3, Memory(base=2, out_until=1060.0))
    # The same load again wants no more, a larger one as many more as it has grown, and later each counts anew.
    assert decide(scene(3, now=1059.0), [reading(90.0, high=True)], first.memory) is None
    assert count(decide(scene(3, now=1059.0), [reading(120.0, high=True)], first.memory)) == 4
    assert count(decide(scene(3, now=1060.0), [reading(90.0, high=True)], first.memory)) == 5


def test_no_task_is_stopped_soon_after_another_unless_some_were_started() -> None:
    first = decide(scene(8), [reading(30.0, low=True, scale_in_cooldown=300.0)], CALM)
    assert first is not None
    assert first.memory.in_until == 1300.0
    low = reading(30.0, low=True)
    assert decide(scene(4, now=1299.0), [low], first.memory) is None
    assert count(decide(scene(4, now=1300.0), [low], first.memory)) == 2
    more = decide(scene(4, now=1100.0), [reading(90.0, high=True)], first.memory)
    assert more is not None
    assert count(decide(scene(6, now=1101.0), [low], more.memory)) == 3
