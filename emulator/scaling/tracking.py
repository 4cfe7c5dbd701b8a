# SPDX-License-Identifier: GPL-3.0-or-later
"""How many tasks policies that track a target want: pure functions.

https://docs.aws.amazon.com/autoscaling/application/userguide/target-tracking-scaling-policy-overview.html
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace

# So that 3 tasks at a third of the target's double are 2, whatever is lost in between.
ROUNDING = 1e-9


@dataclass(frozen=True)
class Reading:
    """A policy, the newest value of its metric, and which of its alarms fires; times are in seconds."""

    policy: str
    target: float
    value: float | None
    high: bool = False
    low: bool = False
    scales_in: bool = True
    scale_in_cooldown: float = 300.0
    scale_out_cooldown: float = 300.0

    def wants(self, count: int) -> int:
        """Return how many tasks would be at the target, if so many are at the value."""
        return math.ceil(count * (self.value or 0.0) / self.target - ROUNDING)


@dataclass(frozen=True)
class Memory:
    """What happened last: how many tasks there were before some were started, and until when that counts."""

    base: int = 0
    out_until: float = 0.0
    in_until: float = 0.0


@dataclass(frozen=True)
class Scene:
    """What a service has now, and what it may have."""

    now: float
    current: int
    least: int
    most: int
    may_scale_in: bool = True
    may_scale_out: bool = True


@dataclass(frozen=True)
class Decision:
    """A number of tasks, and the policy that wants it because one of its alarms fires."""

    count: int
    reading: Reading
    memory: Memory


def decide(scene: Scene, readings: Sequence[Reading], memory: Memory) -> Decision | None:
    """Return what is to be done: out if any policy wants that, in only if all that may want it."""
    known = [one for one in readings if one.value is not None]
    if high := [one for one in known if one.high]:
        return _out(scene, high, memory)
    shrinking = [one for one in readings if one.scales_in]
    agreed = bool(shrinking) and all(one.low and one.value is not None for one in shrinking)
    return _in(scene, shrinking, memory) if agreed else None


def _out(scene: Scene, readings: Sequence[Reading], memory: Memory) -> Decision | None:
    """Start tasks. Those that were started lately count as part of what is wanted, so then only more than they help."""
    base = memory.base if scene.now < memory.out_until else scene.current
    chosen = max(readings, key=lambda one: one.wants(base))
    count = min(scene.most, chosen.wants(base))
    if not scene.may_scale_out or count <= scene.current:
        return None
    # A cooldown of stopping ends here.
    return Decision(count, chosen, Memory(base, scene.now + chosen.scale_out_cooldown))


def _in(scene: Scene, readings: Sequence[Reading], memory: Memory) -> Decision | None:
    """Stop tasks, as few as any of the policies wants."""
    chosen = max(readings, key=lambda one: one.wants(scene.current))
    count = max(scene.least, chosen.wants(scene.current))
    if not scene.may_scale_in or count >= scene.current or scene.now < memory.in_until:
        return None
    return Decision(count, chosen, replace(memory, in_until=scene.now + chosen.scale_in_cooldown))
