# SPDX-License-Identifier: GPL-3.0-or-later
"""Throttling of failing tasks."""

from __future__ import annotations

from itertools import pairwise

from emulator.scheduler.backoff import LONGEST_SECONDS, Backoff


def test_failing_tasks_start_ever_more_rarely() -> None:
    backoff, now, starts = Backoff(), 0.0, []
    while now < 300:
        if backoff.may_start(now):
            starts.append(now)
            backoff.fail(now)
        now += 0.125
    gaps = [later - earlier for earlier, later in pairwise(starts)]
    assert len(starts) < 12
    assert gaps == sorted(gaps)
    assert max(gaps) < LONGEST_SECONDS + 1


def test_failures_of_one_batch_count_once() -> None:
    backoff = Backoff()
    for _ in range(10):
        backoff.fail(5.0)
    assert backoff.failures == 1
    assert backoff.next_start == 6.0


def test_a_task_that_lasts_ends_the_throttling() -> None:
    backoff = Backoff()
    for now in (0.0, 10.0, 20.0, 30.0):
        backoff.fail(now)
    backoff.settle()
    backoff.fail(100.0)
    assert backoff.next_start == 101.0
