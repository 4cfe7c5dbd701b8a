# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""How long a rolling deployment takes, from what the service is set to: a pure function."""

from __future__ import annotations

from collections.abc import Mapping

# As the target group is set to, for healthy and unhealthy ones.
CHECKS = 2
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
FEWEST_FAILURES, MOST_FAILURES = 3, 200


def deployment_budget(settings: Mapping[str, int]) -> str:
    """Return in sentences how long a deployment takes when it works and when it does not."""
    told = {name: int(value) for name, value in settings.items()}
    checks = CHECKS * told["health_check_interval"]
    drain, stop, bake = told["deregistration_delay"], told["stop_timeout"], told["bake_time"]
    if shift := told.get("shift_seconds", 0):
        return _of_shift(checks, drain, stop, shift, told["wait_timeout"])
    works = checks + drain + bake
    fails = _rounds(told["desired_count"]) * (max(checks, told["grace_period"]) + drain + stop)
    sentences = [
        f"A deployment takes {works} to {works + stop} s and the time in which a task starts: {checks} s of health "
        f"checks, {drain} s in which old tasks drain, up to {stop} s in which they stop, {bake} s in which the new "
        "ones are watched.",
        f"One whose tasks never get healthy is rolled back within about {fails} s.",
    ]
    limit = told["wait_timeout"]
    if limit < max(works - bake + stop, fails):
        sentences.append(f"After {limit} s it is taken for failed, which may be before it is over.")
    return " ".join(sentences)


def _of_shift(checks: int, drain: int, stop: int, shift: int, limit: int) -> str:
    """Return the same of a deployment that moves requests, which nothing but an alarm or the limit ends."""
    works = checks + shift + drain
    return (
        f"A deployment takes {works} to {works + stop} s and the time in which a task starts: {checks} s of health "
        f"checks, {shift} s in which it waits for alarms, {drain} s in which old tasks drain, up to {stop} s in which "
        "they stop. "
        f"One that is not over after {limit} s is rolled back."
    )


def _rounds(desired: int) -> int:
    """Return how often all tasks have to fail until ECS gives up."""
    failures = min(MOST_FAILURES, max(FEWEST_FAILURES, -(-desired // 2)))
    return -(-failures // max(1, desired))
