# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""How long a deployment takes, from what the service is set to: pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

# A new target is healthy after one check, and unhealthy after as many as the target group is set to.
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
CHECKS_TO_FAIL = 2
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
FEWEST_FAILURES, MOST_FAILURES = 3, 200
Settings = Mapping[str, int]


@dataclass(frozen=True)
class Part:
    """What a deployment waits for, and for how many seconds at least and at most."""

    words: str
    least: int
    most: int

    def __str__(self) -> str:
        """Say it as an item of a list."""
        return f"{self.most} s {self.words}" if self.least == self.most else f"up to {self.most} s {self.words}"


def deployment_budget(settings: Mapping[str, object]) -> str:
    """Return in sentences how long a deployment takes when it works and when it does not."""
    told = {name: int(str(value)) for name, value in settings.items()}
    found = [part for part in _parts(told) if part.most]
    least, most = sum(part.least for part in found), sum(part.most for part in found)
    unknown = "" if told["start_seconds"] else " and the time in which a task starts"
    made_of = f"{', '.join(str(part) for part in found[:-1])}, and {found[-1]}"
    sentences = [f"A deployment takes {least} to {most} s{unknown}: {made_of}."]
    if told["alarms"] and not told["shift_seconds"]:
        sentences.append("ECS waits besides for as long as its alarms take.")
    return " ".join([*sentences, *_failing(told, most)])


def _parts(told: Settings) -> list[Part]:
    """Return what a deployment consists of, in its order. The first health check may come at once."""
    start, drain, shift, bake = (
        told[name] for name in ("start_seconds", "deregistration_delay", "shift_seconds", "bake_time")
    )
    return [
        Part("in which a task starts, as those that run now did", start, start),
        Part("until its first health check", 0, told["health_check_interval"]),
        Part("in which it waits for alarms", shift, shift),
        Part("in which old tasks drain", drain, drain),
        Part("in which they finish", 0, told["drain_time"]),
        Part("in which the new ones are watched", bake, bake),
        Part("until this run looks again", 0, told["wait_interval"]),
    ]


def _failing(told: Settings, most: int) -> list[str]:
    """Return what is to be said of a deployment that does not work; only of a rolling one ECS knows that itself."""
    limit = told["wait_timeout"]
    if told["shift_seconds"]:
        return [f"One that is not over after {limit} s is rolled back."]
    unhealthy = max(CHECKS_TO_FAIL * told["health_check_interval"], told["grace_period"])
    task = told["start_seconds"] + unhealthy + told["deregistration_delay"] + told["stop_timeout"]
    fails = _rounds(told["desired_count"]) * task
    found = [f"One whose tasks never get healthy is rolled back within about {fails} s."]
    if limit < max(most - told["bake_time"], fails):
        found.append(f"After {limit} s it is taken for failed, which may be before it is over.")
    return found


def _rounds(desired: int) -> int:
    """Return how often all tasks have to fail until ECS gives up."""
    failures = min(MOST_FAILURES, max(FEWEST_FAILURES, -(-desired // 2)))
    return -(-failures // max(1, desired))
