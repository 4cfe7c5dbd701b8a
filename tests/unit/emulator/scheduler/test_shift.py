# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of deployments that move requests."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from emulator.scheduler import shift as shifts
from emulator.scheduler.shift import Scene, Shift

CANARY = {"strategy": "CANARY", "bakeTimeInMinutes": 5, "canaryConfiguration": {"canaryPercent": 7.5}}


def life(configuration: dict[str, object], minute: float = 60.0, shift: Shift | None = None) -> Iterator[Shift]:
    """Yield a deployment second by second until it is finished, with tasks that do at once what they shall."""
    pace = shifts.pace_of(configuration, minute, first=False)
    now, found = 0.0, shift or Shift()
    while not found.finished:
        yield found
        found = shifts.advance(found, pace, Scene(now, ready=True, alone=True))
        now += 1.0


def stages(found: Iterator[Shift]) -> list[str]:
    return list(dict.fromkeys(one.stage for one in found))


def test_blue_green_goes_through_all_stages_but_the_reconciliation() -> None:
    assert stages(life({"strategy": "BLUE_GREEN", "bakeTimeInMinutes": 1})) == list(shifts.STAGES[1:])


def test_a_canary_waits_with_its_share() -> None:
    shares = [one.production for one in life(CANARY)]
    assert list(dict.fromkeys(shares)) == [0.0, 7.5, 100.0]
    assert shares.count(7.5) == pytest.approx(600, abs=2)


def test_minutes_can_be_short() -> None:
    assert len(list(life(CANARY, minute=1.0))) == pytest.approx(15 + len(shifts.STAGES), abs=3)


def test_linear_steps_end_with_everything() -> None:
    linear = {"strategy": "LINEAR", "linearConfiguration": {"stepPercent": 30.0, "stepBakeTimeInMinutes": 1}}
    assert list(dict.fromkeys(one.production for one in life(linear))) == [0.0, 30.0, 60.0, 90.0, 100.0]


@pytest.mark.parametrize("stage", [shifts.RECONCILE, shifts.SCALE_UP, shifts.CLEAN_UP])
def test_what_waits_for_tasks_stays_as_long_as_they_are_not_so(stage: str) -> None:
    scene = Scene(0.0, ready=False, alone=False, reconciled=False)
    assert shifts.advance(Shift(stage), shifts.Pace(), scene) == Shift(stage)


def test_the_way_back_ends_with_no_requests_for_the_target() -> None:
    begun = shifts.turn_back(Shift(shifts.BAKE, production=100.0, test=100.0, until=1e9))
    gone = list(life(CANARY, shift=begun))
    assert stages(iter(gone)) == list(shifts.BACK)
    assert (gone[-1].production, gone[-1].test) == (0.0, 0.0)


def test_on_the_way_back_requests_wait_until_what_ran_before_runs_again() -> None:
    begun = shifts.turn_back(Shift(shifts.CLEAN_UP, production=100.0))
    assert shifts.advance(begun, shifts.Pace(), Scene(0.0, ready=False, alone=False)) == begun
    assert shifts.source_wanted(begun)
    assert shifts.target_wanted(begun)


def test_a_first_deployment_waits_for_nothing() -> None:
    assert shifts.pace_of(CANARY, 60.0, first=True) == shifts.Pace(((100.0, 0.0),), 0.0)
