# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a task, step by step."""

from __future__ import annotations

from dataclasses import replace

from emulator.scheduler.phase import Life, Phase, Sight, Signal, step

SEEN = Sight(started=True, listening=True, health="healthy")


def test_a_target_runs_only_when_the_load_balancer_finds_it_healthy() -> None:
    life = Life(behind_balancer=True)
    for sight, phase in (
        (Sight(), Phase.PROVISIONING),
        (Sight(started=True), Phase.PENDING),
        (Sight(started=True), Phase.PENDING),
        (Sight(started=True, listening=True), Phase.ACTIVATING),
        (Sight(started=True, listening=True, health="initial"), Phase.ACTIVATING),
        (Sight(started=True, listening=True, health="unhealthy"), Phase.ACTIVATING),
        (SEEN, Phase.RUNNING),
        (replace(SEEN, health="unhealthy"), Phase.RUNNING),
    ):
        life, signal = step(life, sight, 0)
        assert (life.phase, signal) == (phase, None)


def test_a_task_without_target_group_runs_once_it_has_started() -> None:
    life, _ = step(Life(phase=Phase.PENDING), Sight(started=True), 0)
    assert life.phase is Phase.RUNNING


def test_stopping_drains_then_terminates_then_kills() -> None:
    life = Life(Phase.RUNNING, stop_wanted=True, behind_balancer=True, drain_seconds=3, stop_seconds=60)
    history = []
    for now in (0.0, 2.9, 3.0, 62.9, 63.0, 64.0):
        life, signal = step(life, SEEN, now)
        history.append((now, life.phase, signal, life.published))
    assert history == [
        (0.0, Phase.DEACTIVATING, None, True),
        (2.9, Phase.DEACTIVATING, None, True),
        (3.0, Phase.STOPPING, Signal.TERMINATE, False),
        (62.9, Phase.STOPPING, None, False),
        (63.0, Phase.STOPPING, Signal.KILL, False),
        (64.0, Phase.STOPPING, None, False),
    ]


def test_without_draining_a_task_is_terminated_while_it_still_gets_requests() -> None:
    life = Life(Phase.RUNNING, stop_wanted=True, behind_balancer=True, drain_seconds=None)
    life, signal = step(life, SEEN, 0)
    assert (life.phase, signal, life.published) == (Phase.STOPPING, Signal.TERMINATE, True)


def test_what_never_was_a_target_is_not_drained() -> None:
    life = Life(Phase.PENDING, stop_wanted=True, behind_balancer=True, drain_seconds=300)
    assert step(life, Sight(started=True), 0)[1] is Signal.TERMINATE


def test_a_task_wanted_no_more_before_its_process_started_just_ends() -> None:
    assert step(Life(stop_wanted=True), Sight(), 0)[0].phase is Phase.STOPPED


def test_a_process_that_ended_has_stopped_whatever_was_planned() -> None:
    for phase in (Phase.PENDING, Phase.RUNNING, Phase.DEACTIVATING, Phase.STOPPING):
        assert step(Life(phase), replace(SEEN, exited=True), 0)[0].phase is Phase.STOPPED
