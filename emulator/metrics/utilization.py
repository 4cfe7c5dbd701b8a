# SPDX-License-Identifier: GPL-3.0-or-later
"""How much of their CPU and memory the tasks of a service use, in percent of what their definition gives them.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service_utilization.html
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path

from emulator.metrics.requests import Measured
from emulator.scheduler import memory
from emulator.scheduler.phase import Phase
from emulator.scheduler.task import RunningTask

TICKS = os.sysconf("SC_CLK_TCK")
# Of Fargate's CPU units, this many are a vCPU.
UNITS = 1024
# A task may use more than its share of this machine, but none of Fargate's.
ALL = 100.0
SAMPLES = 4
LEAST_SECONDS, MOST_SECONDS = 0.25, 5.0


class Utilization:
    """Look at the tasks' processes a few times a minute."""

    def __init__(self, minute_seconds: float) -> None:
        self._interval = min(max(minute_seconds / SAMPLES, LEAST_SECONDS), MOST_SECONDS)
        self._used: dict[str, tuple[float, float]] = {}
        self._due = 0.0

    def look(self, tasks: Iterable[RunningTask], now: float) -> list[Measured]:
        """Return what the tasks that run have used since the last look; takes time, so without the lock."""
        if now < self._due:
            return []
        self._due = now + self._interval
        before, self._used = self._used, {}
        found: list[Measured] = []
        for task in tasks:
            if task.life.phase is not Phase.RUNNING or task.process is None or task.service is None:
                continue
            pid, definition = task.process.pid, task.definition
            dimensions = {"ClusterName": str(task.record.cluster_name), "ServiceName": str(task.service.name)}
            self._used[task.id] = (now, cpu_seconds(pid))
            if task.id in before:
                share = used_share(before[task.id], self._used[task.id]) * UNITS / int(definition.cpu or UNITS)
                found.append(("CPUUtilization", dimensions, min(ALL, ALL * share)))
            if limit := memory.limit(definition, {}):
                found.append(("MemoryUtilization", dimensions, ALL * memory.used(pid) / limit))
        return found


def used_share(before: tuple[float, float], after: tuple[float, float]) -> float:
    """Return how many CPUs were used, from times and seconds of CPU; a child that has ended takes its seconds along."""
    return max(0.0, after[1] - before[1]) / (after[0] - before[0])


def cpu_seconds(pid: int) -> float:
    """Return how many seconds of CPU a process and its descendants have used."""
    return sum(map(_ticks, memory.family(pid))) / TICKS


def _ticks(pid: int) -> int:
    # The command may have spaces, and ends with the last parenthesis.
    fields = memory.read(Path(f"/proc/{pid}/stat")).rpartition(")")[2].split()
    return int(fields[11]) + int(fields[12]) if fields else 0
