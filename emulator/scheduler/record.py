# SPDX-License-Identifier: GPL-3.0-or-later
"""What DescribeTasks shows of a task."""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow

from emulator.scheduler.phase import ENDING, Phase
from emulator.scheduler.task import RunningTask


def begin(task: RunningTask) -> None:
    """Fill in what is known from the start."""
    record, definition = task.record, task.definition
    record.created_at = _now()
    record.availability_zone = task.zone
    record.connectivity = "CONNECTED"
    record.connectivity_at = record.pull_started_at = _now()
    record.cpu, record.memory = definition.cpu, definition.memory
    record.health_status = "UNKNOWN"
    record.platform_family = "Linux"
    record.version = 1


def show(task: RunningTask) -> None:
    """Show the task's phase, and when it entered it."""
    record, phase = task.record, task.life.phase
    record.health_status = task.verdict.status
    for container in record.containers:
        container.health_status = task.verdict.status
    if record.last_status == phase.value:
        return
    record.last_status = phase.value
    record.version += 1
    if phase is Phase.PENDING:
        record.pull_stopped_at = _now()
    if phase is Phase.RUNNING:
        record.started_at = _now()
    if phase in ENDING or phase is Phase.STOPPED:
        record.desired_status = "STOPPED"
        record.stopping_at = getattr(record, "stopping_at", None) or _now()
    for container in record.containers:
        container.last_status = (
            "RUNNING" if phase in ENDING else "PENDING" if phase is Phase.ACTIVATING else phase.value
        )


def stop_reason(task: RunningTask, code: str, reason: str) -> None:
    """Note why a task stops; the first reason stays."""
    if not getattr(task.record, "stop_code", None):
        task.record.stop_code = code
        task.record.stopped_reason = reason


def end(task: RunningTask, exit_code: int | None) -> None:
    """Note how a task ended."""
    record = task.record
    record.stopped_at = record.execution_stopped_at = _now()
    container = record.containers[0]
    if exit_code is not None:
        # A signal's number is shown as a shell shows it: 137 for SIGKILL.
        container.exitCode = 128 - exit_code if exit_code < 0 else exit_code
    if reason := task.failure or task.container_reason:
        container.reason = reason
    for attachment in record.attachments:
        attachment["status"] = "DELETED"


def _now() -> Any:
    return utcnow()
