# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks say: kept in a file each, and carried into the log group that their definition names."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable
from typing import Any

from moto.logs.models import logs_backends

from emulator.scheduler.execution_role import ExecutionRole
from emulator.scheduler.pull import StartError
from emulator.scheduler.task import RunningTask
from emulator.settings import ACCOUNT_ID, REGION, Settings

SHIP_SECONDS = 1.0
BYTES_AT_ONCE = 256 * 1024
EVENTS_KEPT = 10_000
FILES_KEPT = 50


def stream_of(container: dict[str, Any], task_id: str, role: ExecutionRole) -> tuple[str, str] | None:
    """Make and return log group and stream of a container with the awslogs driver; call under the lock.

    As on AWS, a group that does not exist stops the task before it starts.
    """
    configuration = container.get("logConfiguration") or {}
    if configuration.get("logDriver") != "awslogs":
        return None
    options = configuration.get("options", {})
    group = options.get("awslogs-group", "")
    stream = f"{options.get('awslogs-stream-prefix', 'ecs')}/{container['name']}/{task_id}"
    backend = logs_backends[ACCOUNT_ID][REGION]
    if options.get("awslogs-create-group") == "true":
        role.create_log_group(group)
        if group not in backend.groups:
            backend.create_log_group(group, {})
    role.create_log_stream(group, stream)
    if group not in backend.groups:
        raise StartError(
            "ResourceInitializationError: failed to validate logger args: failed to create Cloudwatch log stream: "
            f"ResourceNotFoundException: The specified log group does not exist: {group}"
        )
    backend.ensure_log_stream(group, stream)
    return group, stream


class TaskLogs:
    """Carry new lines of the tasks' files into their log streams."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._next = 0.0

    def ship(self, tasks: Iterable[RunningTask], now: float) -> None:
        """Carry over what is new, once a second; call under the lock."""
        if now >= self._next:
            self._next = now + SHIP_SECONDS
            for task in tasks:
                self.ship_one(task, whole_lines=True)

    def ship_one(self, task: RunningTask, *, whole_lines: bool) -> None:
        """Carry over what is new of one task; a task that says too much loses the middle."""
        path = self._settings.task_log(task.id)
        if task.log_stream is None or not path.exists():
            return
        with path.open("rb") as file:
            file.seek(max(task.log_offset, path.stat().st_size - BYTES_AT_ONCE))
            content = file.read()
            end = content.rfind(b"\n") + 1 if whole_lines else len(content)
            task.log_offset = file.tell() - len(content) + end
        lines = content[:end].decode(errors="replace").splitlines()
        if lines and task.execution_role and task.execution_role.may_write_log(*task.log_stream):
            _put(task.log_stream, lines)

    def forget_oldest(self, living: Container[str]) -> None:
        """Keep the files of living tasks and the newest of the others."""
        files = [file for file in self._settings.task_logs.glob("*.log") if file.stem not in living]
        for file in sorted(files, key=lambda file: file.stat().st_mtime, reverse=True)[FILES_KEPT:]:
            file.unlink(missing_ok=True)


def _put(log_stream: tuple[str, str], lines: list[str]) -> None:
    group = logs_backends[ACCOUNT_ID][REGION].groups.get(log_stream[0])
    stream = group.streams.get(log_stream[1]) if group else None
    if stream is not None:
        timestamp = int(time.time() * 1000)
        stream.put_log_events([{"timestamp": timestamp, "message": line} for line in lines])
        del stream.events[:-EVENTS_KEPT]
