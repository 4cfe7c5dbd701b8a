# SPDX-License-Identifier: GPL-3.0-or-later
"""The time that a run says beforehand a deployment takes, and the time that it took."""

from __future__ import annotations

import re

from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_preflight_api as api
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_preflight_plan as plan

from tests.e2e.site import STACK, Site

# How far off a budget may be.
TOLERANCE = 0.15
MINUTE = 60


def announced(said: str) -> tuple[int, int]:
    """Return how many seconds a deployment was to take, at least and at most."""
    (found,) = re.findall(r"A deployment takes (\d+) to (\d+) s:", " ".join(said.split()))
    return int(found[0]), int(found[1])


def taken(said: str) -> int:
    """Return how many seconds it took by the clock of ECS, with the watch over its tasks."""
    return sum(int(seconds) for _, seconds in re.findall(r"\b(pending|rollout|bake) +(\d+) s", said))


def part(said: str, words: str) -> int:
    """Return for how many seconds something was announced that is part of it."""
    (found,) = re.findall(rf"(\d+) s {words}", " ".join(said.split()))
    return int(found)


def slower(site: Site, said: str) -> int:
    """Return for how many seconds more than the tasks before them the new ones took to start.

    What else runs on the machine has its share in that, and no run can know it beforehand.
    """
    measured = plan.start_seconds(api.running_tasks(site.client("ecs"), STACK, STACK))
    return max(0, measured - part(said, "in which a task starts"))


def assert_kept(site: Site, said: str, uncertain: int, minute: int = MINUTE) -> None:
    """Fail if a deployment took another time than was said, or too little was said.

    `uncertain` is what cannot be known beforehand. Where a minute takes fewer seconds, so do the strategy's.
    """
    least, most = announced(said)
    assert most - least == uncertain, said
    saved = part(said, "in which it waits for alarms") * (MINUTE - minute) // MINUTE if minute < MINUTE else 0
    low, high = (least - saved) * (1 - TOLERANCE), (most - saved) * (1 + TOLERANCE) + slower(site, said)
    assert low <= taken(said) <= high, f"took {taken(said)} s, not {low} to {high} s"
