# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a task, as a pure function."""

from __future__ import annotations

import enum
from dataclasses import dataclass, replace

from emulator.load_balancer import Health


class Phase(enum.Enum):
    """Where a task is in its life; the value is ECS's lastStatus."""

    PROVISIONING = "PROVISIONING"
    PENDING = "PENDING"
    ACTIVATING = "ACTIVATING"
    RUNNING = "RUNNING"
    DEACTIVATING = "DEACTIVATING"
    STOPPING = "STOPPING"
    STOPPED = "STOPPED"


STARTING = frozenset({Phase.PROVISIONING, Phase.PENDING, Phase.ACTIVATING})
ENDING = frozenset({Phase.DEACTIVATING, Phase.STOPPING})
PUBLISHED = frozenset({Phase.ACTIVATING, Phase.RUNNING, Phase.DEACTIVATING})


@dataclass(frozen=True)
class Life:
    """The part of a task that moves it from phase to phase; `until` ends draining and the time to stop.

    Without `drain_seconds` nothing is drained: the switch that shows what draining is for.
    """

    phase: Phase = Phase.PROVISIONING
    stop_wanted: bool = False
    behind_balancer: bool = False
    drain_seconds: float | None = 0
    stop_seconds: float = 30
    until: float = 0
    killed: bool = False

    @property
    def published(self) -> bool:
        """Tell whether the load balancer knows the task as a target."""
        undrained = self.drain_seconds is None and self.phase is Phase.STOPPING
        return self.behind_balancer and (self.phase in PUBLISHED or undrained)


@dataclass(frozen=True)
class Sight:
    """What was seen of a task's process since the last look."""

    started: bool = False
    exited: bool = False
    listening: bool = False
    health: Health | None = None


class Signal(enum.Enum):
    """What to do to the process."""

    TERMINATE = "SIGTERM"
    KILL = "SIGKILL"


def step(life: Life, sight: Sight, now: float) -> tuple[Life, Signal | None]:
    """Move one phase on, if it is time; say which signal the process gets.

    A task behind a load balancer is RUNNING once its target is healthy, and leaves by draining first.
    """
    if life.phase is Phase.STOPPED:
        return life, None
    if sight.exited:
        return replace(life, phase=Phase.STOPPED), None
    if life.phase in ENDING:
        return _end(life, now)
    if life.stop_wanted:
        return _begin_to_end(life, sight, now)
    return replace(life, phase=_further(life, sight)), None


def _further(life: Life, sight: Sight) -> Phase:
    if life.phase is Phase.PROVISIONING:
        return Phase.PENDING if sight.started else life.phase
    if life.phase is Phase.PENDING:
        if not life.behind_balancer:
            return Phase.RUNNING
        return Phase.ACTIVATING if sight.listening else life.phase
    if life.phase is Phase.ACTIVATING and sight.health == "healthy":
        return Phase.RUNNING
    return life.phase


def _begin_to_end(life: Life, sight: Sight, now: float) -> tuple[Life, Signal | None]:
    if not sight.started:
        return replace(life, phase=Phase.STOPPED), None
    if life.behind_balancer and life.phase in PUBLISHED and life.drain_seconds is not None:
        return replace(life, phase=Phase.DEACTIVATING, until=now + life.drain_seconds), None
    return _terminate(life, now)


def _end(life: Life, now: float) -> tuple[Life, Signal | None]:
    if now < life.until or life.killed:
        return life, None
    if life.phase is Phase.DEACTIVATING:
        return _terminate(life, now)
    return replace(life, killed=True), Signal.KILL


def _terminate(life: Life, now: float) -> tuple[Life, Signal]:
    return replace(life, phase=Phase.STOPPING, until=now + life.stop_seconds), Signal.TERMINATE
