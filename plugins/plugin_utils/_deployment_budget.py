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


def _rounds(desired: int) -> int:
    """Return how often all tasks have to fail until ECS gives up."""
    failures = min(MOST_FAILURES, max(FEWEST_FAILURES, -(-desired // 2)))
    return -(-failures // max(1, desired))
