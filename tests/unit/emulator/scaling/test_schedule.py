# SPDX-License-Identifier: GPL-3.0-or-later
"""When a scheduled action is due."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from emulator.scaling.schedule import ScheduleError, Span, due

# A Wednesday.
SIX = datetime(2026, 3, 4, 18, 0, tzinfo=UTC)
MADE = datetime(2026, 3, 1, tzinfo=UTC)


def span(until: datetime, seconds: float = 60, minute: float = 60) -> Span:
    return Span(until - timedelta(seconds=seconds), until, minute)


@pytest.mark.parametrize(
    ("schedule", "timezone", "expected"),
    [
        ("at(2026-03-04T18:00:00)", "UTC", True),
        ("at(2026-03-04T18:01:00)", "UTC", False),
        ("at(2026-03-04T19:00:00)", "Europe/Berlin", True),
        ("cron(0 18 * * ? *)", "UTC", True),
        ("cron(0 18 * * ? *)", "Europe/Berlin", False),
        ("cron(0 19 ? * MON-FRI *)", "Europe/Berlin", True),
        ("cron(0 18 ? * SAT,SUN *)", "UTC", False),
        ("cron(0 18 ? * 4 *)", "UTC", True),
        ("cron(0/30 9-18 4 MAR ? 2026)", "UTC", True),
        ("cron(15/30 18 * * ? *)", "UTC", False),
        ("cron(*/20 18 * * ?)", "UTC", True),
        ("cron(0 18 */2 * ? *)", "UTC", False),
        ("rate(3 days)", "UTC", False),
        ("rate(6 hours)", "UTC", True),
    ],
)
def test_at_the_minute_that_is_meant(schedule: str, timezone: str, expected: bool) -> None:
    assert due(schedule, timezone, MADE, span(SIX)) is expected


def test_once_however_often_somebody_looks() -> None:
    looks = [SIX + timedelta(seconds=step) for step in range(-59, 120, 7)]
    assert sum(due("cron(0 18 * * ? *)", "UTC", MADE, span(at, 7)) for at in looks) == 1
    assert sum(due("at(2026-03-04T18:00:04)", "UTC", MADE, span(at, 7)) for at in looks) == 1
    assert sum(due("rate(1 minute)", "UTC", looks[0], span(at, 7)) for at in looks) == 2


def test_nothing_happens_before_an_action_is_a_period_old() -> None:
    assert not due("rate(1 minute)", "UTC", SIX, span(SIX))
    assert due("rate(1 minute)", "UTC", SIX, span(SIX + timedelta(seconds=61)))


def test_a_minute_of_a_rate_may_take_a_second() -> None:
    assert due("rate(2 minutes)", "UTC", SIX, span(SIX + timedelta(seconds=2), 1, minute=1))
    assert not due("rate(2 minutes)", "UTC", SIX, span(SIX + timedelta(seconds=1), 1, minute=1))


@pytest.mark.parametrize("schedule", ["daily", "cron(0 18 L * ? *)", "cron(0 18 ? * 2#1 *)"])
def test_what_is_not_emulated_is_said(schedule: str) -> None:
    with pytest.raises(ScheduleError):
        due(schedule, "UTC", MADE, span(SIX))
