# SPDX-License-Identifier: GPL-3.0-or-later
"""A task as the scheduler knows it: moto's record and the process that makes it true."""

from __future__ import annotations

import subprocess
import uuid
from dataclasses import dataclass, field
from typing import Any

from emulator.authorizer.network import Position
from emulator.load_balancer import Target
from emulator.scheduler.container import Command
from emulator.scheduler.container_check import UNHEALTHY, Check, Verdict
from emulator.scheduler.execution_role import ExecutionRole
from emulator.scheduler.phase import ENDING, Life, Phase, Sight, Signal


@dataclass
class RunningTask:
    """One task; `record` is moto's. Changed by the scheduler's thread only, under the lock."""

    record: Any
    definition: Any
    service: Any
    subnet: str
    zone: str
    address: str
    port: int | None
    target_groups: tuple[str, ...]
    life: Life
    born: float
    age: int
    token: str = field(default_factory=lambda: uuid.uuid4().hex)
    position: Position | None = None
    execution_role: ExecutionRole | None = None
    command: Command | None = None
    process: subprocess.Popen[bytes] | None = None
    frozen: bool = False
    failure: str = ""
    # Bytes that the container may use, 0 for any number; and why it was ended, if AWS itself did it.
    memory_limit: int = 0
    container_reason: str = ""
    log_stream: tuple[str, str] | None = None
    log_offset: int = 0
    sight: Sight = field(default_factory=Sight)
    signals: list[Signal] = field(default_factory=list)
    # Why the load balancer takes it for unhealthy: a code and its words.
    health_answer: tuple[str, str] | None = None
    # What its container is asked, and what came of it.
    check: Check | None = None
    verdict: Verdict = field(default_factory=Verdict)
    ran_since: float | None = None
    settled: bool = False
    forgiven: bool = False

    @property
    def id(self) -> str:
        """Return the task's id."""
        return str(self.record.id)

    @property
    def deployment(self) -> str:
        """Return the id of the deployment that started the task."""
        return str(self.record.started_by)

    @property
    def wanted(self) -> bool:
        """Tell whether the task is meant to run."""
        return self.life.phase is not Phase.STOPPED and self.life.phase not in ENDING and not self.life.stop_wanted

    @property
    def serves(self) -> bool:
        """Tell whether the task runs and is or was healthy, as far as its container says."""
        return self.life.phase is Phase.RUNNING and (self.check is None or self.verdict.once)

    @property
    def fails_its_check(self) -> bool:
        """Tell whether the container says that it is not healthy."""
        return self.verdict.status == UNHEALTHY

    @property
    def vpc_address(self) -> str | None:
        """Return the address that AWS would show."""
        details = [detail for attachment in self.record.attachments for detail in attachment["details"]]
        return next((detail["value"] for detail in details if detail["name"] == "privateIPv4Address"), None)

    @property
    def target(self) -> Target:
        """Return the task as the load balancer's target."""
        return Target(self.address, self.port or 0, self.zone, draining=self.life.phase is Phase.DEACTIVATING)
