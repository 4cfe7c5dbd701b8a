# SPDX-License-Identifier: GPL-3.0-or-later
"""The stages of a deployment that moves requests from one target group to another: pure functions.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/blue-green-deployment-how-it-works.html
"""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

RECONCILE, PREPARE, SCALE_UP, SCALED_UP = "RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP"
TEST, TESTED = "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT"
PRODUCTION, SHIFTED = "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"
BAKE, CLEAN_UP = "BAKE_TIME", "CLEAN_UP"
STAGES = (RECONCILE, PREPARE, SCALE_UP, SCALED_UP, TEST, TESTED, PRODUCTION, SHIFTED, BAKE, CLEAN_UP)
BACK = (SCALE_UP, PRODUCTION, CLEAN_UP)
ALL = 100.0


@dataclass(frozen=True)
class Pace:
    """How requests are moved: percent after each step and the seconds until the next one; then the bake time."""

    steps: tuple[tuple[float, float], ...] = ((ALL, 0.0),)
    bake_seconds: float = 0.0


@dataclass(frozen=True)
class Shift:
    """How far a deployment is: percent of requests that its target gets, and when a wait is over."""

    stage: str = PREPARE
    production: float = 0.0
    test: float = 0.0
    steps_done: int = 0
    until: float = 0.0
    backwards: bool = False
    finished: bool = False


@dataclass(frozen=True)
class Scene:
    """What is seen of the tasks: whether those that shall serve all do, and whether there are no others."""

    now: float
    ready: bool
    alone: bool
    reconciled: bool = True


def pace_of(configuration: Mapping[str, Any], minute: float, *, first: bool) -> Pace:
    """Return the pace of a strategy. A first deployment has nothing to be compared with, so it waits for nothing."""
    if first:
        return Pace()
    bake = float(configuration.get("bakeTimeInMinutes") or 0) * minute
    if configuration["strategy"] == "CANARY":
        canary = configuration.get("canaryConfiguration") or {}
        wait = float(canary.get("canaryBakeTimeInMinutes", 10)) * minute
        return Pace(((float(canary.get("canaryPercent", 5.0)), wait), (ALL, 0.0)), bake)
    if configuration["strategy"] == "LINEAR":
        linear = configuration.get("linearConfiguration") or {}
        size, wait = float(linear.get("stepPercent", 10.0)), float(linear.get("stepBakeTimeInMinutes", 6)) * minute
        percents = itertools.takewhile(lambda percent: percent < ALL, (size * step for step in itertools.count(1)))
        return Pace((*((round(percent, 1), wait) for percent in percents), (ALL, 0.0)), bake)
    return Pace(bake_seconds=bake)


def advance(shift: Shift, pace: Pace, scene: Scene) -> Shift:
    """Return the next stage, or the present one if it is not over."""
    if shift.finished:
        return shift
    return _back(shift, scene) if shift.backwards else _forth(shift, pace, scene)


def turn_back(shift: Shift) -> Shift:
    """Return a deployment on its way back; what ran before takes all requests again as soon as it can."""
    return replace(shift, stage=SCALE_UP, backwards=True, until=0.0)


def _forth(shift: Shift, pace: Pace, scene: Scene) -> Shift:
    done = {RECONCILE: scene.reconciled, SCALE_UP: scene.ready, CLEAN_UP: scene.alone}
    if scene.now < shift.until or not done.get(shift.stage, True):
        return shift
    if shift.stage == CLEAN_UP:
        return replace(shift, finished=True)
    if shift.stage in (TESTED, PRODUCTION) and shift.steps_done < len(pace.steps):
        percent, seconds = pace.steps[shift.steps_done]
        until = scene.now + seconds
        return replace(shift, stage=PRODUCTION, production=percent, steps_done=shift.steps_done + 1, until=until)
    following = STAGES[STAGES.index(shift.stage) + 1]
    bake = scene.now + pace.bake_seconds if following == BAKE else 0.0
    return replace(shift, stage=following, test=ALL if following == TEST else shift.test, until=bake)


def _back(shift: Shift, scene: Scene) -> Shift:
    done = {SCALE_UP: scene.ready, CLEAN_UP: scene.alone}
    if not done.get(shift.stage, True):
        return shift
    if shift.stage == CLEAN_UP:
        return replace(shift, finished=True)
    following = BACK[BACK.index(shift.stage) + 1]
    return replace(shift, stage=following, production=0.0, test=0.0)


def target_wanted(shift: Shift) -> bool:
    """Tell whether the tasks of the target shall run."""
    return shift.stage != CLEAN_UP if shift.backwards else shift.stage not in (RECONCILE, PREPARE)


def source_wanted(shift: Shift) -> bool:
    """Tell whether the tasks of what ran before shall run."""
    return shift.backwards or shift.stage != CLEAN_UP
