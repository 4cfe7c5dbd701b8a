# SPDX-License-Identifier: GPL-3.0-or-later
"""Which tasks of a service to start and to stop next: a pure function."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Wish:
    """What a service shall be: `subnets` maps each subnet to its zone."""

    deployment: str
    desired: int
    minimum_percent: int
    maximum_percent: int
    subnets: Mapping[str, str]
    may_start: bool = True

    @property
    def lower(self) -> int:
        """Return how many healthy tasks must remain."""
        return -(-self.desired * self.minimum_percent // 100)

    @property
    def upper(self) -> int:
        """Return how many tasks may be starting or running."""
        return self.desired * self.maximum_percent // 100


@dataclass(frozen=True)
class Member:
    """A task of the service that is meant to run; `age` grows with its order of birth."""

    task_id: str
    deployment: str
    subnet: str
    age: int
    running: bool
    unhealthy: bool = False

    @property
    def healthy(self) -> bool:
        """Tell whether the task serves."""
        return self.running and not self.unhealthy


@dataclass(frozen=True)
class Decision:
    """Subnets to start tasks in, tasks to stop, and whether the percentages allow neither."""

    start: tuple[str, ...] = ()
    stop: tuple[str, ...] = ()
    failed: tuple[str, ...] = ()
    blocked: bool = False


def plan(wish: Wish, members: Sequence[Member]) -> Decision:
    """Decide the next step towards the wish; repeated with the new members it ends at the wish.

    Tasks that fail their health checks (`failed`) never serve again: those that once ran stay until a replacement
    serves, if there is room for one. Tasks of earlier deployments go only as far as enough healthy ones remain.
    """
    current = [member for member in members if member.deployment == wish.deployment]
    sound = [member for member in current if not member.unhealthy]
    failed = _failed(wish, members, sound)
    surplus = _surplus(wish, sound)
    old = _replaceable(wish, members, {*failed, *surplus})
    stop = [*surplus, *old]
    needed = max(0, wish.desired - len(sound))
    room = max(0, wish.upper - (len(members) - len(stop) - len(failed)))
    count = min(needed, room) if wish.may_start and wish.subnets else 0
    blocked = needed > 0 and room == 0 and not stop and not failed and all(member.healthy for member in members)
    start = _place(wish.subnets, count, sound, [member for member in members if member.task_id not in {*stop, *failed}])
    return Decision(tuple(start), tuple(stop), tuple(failed), blocked)


def _failed(wish: Wish, members: Sequence[Member], sound: Sequence[Member]) -> list[str]:
    """Choose among the present deployment's unhealthy tasks those that go now."""
    unhealthy = [member for member in members if member.unhealthy and member.deployment == wish.deployment]
    hopeless = [member for member in unhealthy if not member.running]
    serving = [member for member in unhealthy if member.running]
    if sum(member.healthy for member in sound) < wish.desired:
        # Their replacements come first, so only as many go as stand in the way of those.
        missing = max(0, wish.desired - len(sound))
        room = max(0, wish.upper - (len(members) - len(hopeless)))
        serving = sorted(serving, key=lambda member: member.age)[: max(0, missing - room)]
    return [member.task_id for member in (*hopeless, *serving)]


def _surplus(wish: Wish, sound: Sequence[Member]) -> list[str]:
    """Choose what is too many of the present deployment: not running first, then the youngest of the fullest zone."""
    remaining = list(sound)
    chosen = []
    while len(remaining) > wish.desired:
        crowd = Counter(wish.subnets.get(member.subnet) for member in remaining)
        worst = max(
            remaining, key=lambda member: (not member.running, crowd[wish.subnets.get(member.subnet)], member.age)
        )
        remaining.remove(worst)
        chosen.append(worst.task_id)
    return chosen


def _replaceable(wish: Wish, members: Sequence[Member], going: Iterable[str]) -> list[str]:
    """Choose tasks of earlier deployments: those that do not serve, and as many as leave enough that do."""
    gone = set(going)
    remaining = [member for member in members if member.task_id not in gone]
    old = [member for member in remaining if member.deployment != wish.deployment]
    spare = sum(member.healthy for member in remaining) - wish.lower
    idle = [member for member in old if not member.healthy]
    serving = sorted((member for member in old if member.healthy), key=lambda member: member.age)
    return [member.task_id for member in (*idle, *serving[: max(0, spare)])]


def _place(subnets: Mapping[str, str], count: int, sound: Sequence[Member], remaining: Sequence[Member]) -> list[str]:
    """Choose subnets: the zone with the fewest tasks of this deployment, then of all, then the emptiest subnet."""
    chosen: list[str] = []
    for _ in range(count):
        mine = Counter(subnets.get(member.subnet) for member in sound) + Counter(subnets[name] for name in chosen)
        everybody = Counter(subnets.get(member.subnet) for member in remaining)
        used = Counter(member.subnet for member in remaining) + Counter(chosen)
        chosen.append(min(subnets, key=lambda name: (mine[subnets[name]], everybody[subnets[name]], used[name])))
    return chosen
