# SPDX-License-Identifier: GPL-3.0-or-later
"""What the answers of a container's health check come to."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.scheduler.container_check import HEALTHY, UNHEALTHY, UNKNOWN, Check, Verdict, check_of, judge

CHECK = Check(("check",), interval=10, timeout=5, retries=3, start_period=30)


def answers(*given: tuple[float, bool]) -> list[str]:
    verdict, found = Verdict(), []
    for age, passed in given:
        verdict = judge(verdict, CHECK, age, passed=passed)
        found.append(verdict.status)
    return found


def test_three_failures_in_a_row_are_too_many() -> None:
    given = [(40, True), (50, False), (60, False), (70, True), (80, False), (90, False), (100, False)]
    assert answers(*given) == [HEALTHY] * 6 + [UNHEALTHY]


def test_failures_at_the_start_do_not_count() -> None:
    assert answers((10, False), (20, False), (29, False), (40, False), (50, False)) == [UNKNOWN] * 5
    assert answers((10, False), (20, False), (40, False), (50, False), (60, False))[-1] == UNHEALTHY


def test_failures_after_the_first_success_count_at_once() -> None:
    assert answers((5, True), (10, False), (15, False), (20, False))[-1] == UNHEALTHY


def test_one_that_has_passed_has_served() -> None:
    passed = judge(Verdict(), CHECK, 5, passed=True)
    assert judge(passed, CHECK, 10, passed=False).once
    assert not judge(Verdict(), CHECK, 40, passed=False).once


@pytest.mark.parametrize(
    ("wanted", "command"),
    [
        (["CMD", "python", "check.py"], ("python", "check.py")),
        (["CMD-SHELL", "curl -f localhost || exit 1"], ("/bin/sh", "-c", "curl -f localhost || exit 1")),
        (["NONE"], None),
        ([], None),
    ],
)
def test_a_command_is_a_list_or_for_a_shell(wanted: list[str], command: Any) -> None:
    found = check_of({"healthCheck": {"command": wanted}})
    assert (found.command if found else None) == command


def test_what_is_not_said_is_what_ecs_takes() -> None:
    assert check_of({"healthCheck": {"command": ["CMD", "x"]}}) == Check(("x",), 30, 5, 3, 0)
    assert check_of({}) is None
