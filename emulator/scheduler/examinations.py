# SPDX-License-Identifier: GPL-3.0-or-later
"""The health checks of containers, run beside them: started, waited for, ended; never while the lock is held."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass

from emulator.processes import die_with_parent
from emulator.scheduler.container import Command
from emulator.scheduler.container_check import Check, judge
from emulator.scheduler.processes import has_exited
from emulator.scheduler.task import RunningTask


@dataclass
class Examination:
    """A check that runs."""

    process: subprocess.Popen[bytes]
    end: float


class Examinations:
    """Belongs to the thread that forks the tasks."""

    def __init__(self) -> None:
        self._running: dict[str, Examination] = {}
        self._due: dict[str, float] = {}

    def run(self, tasks: Iterable[RunningTask], now: float) -> None:
        """Begin the checks that are due, and judge those that have ended."""
        present = {task.id: task for task in tasks if task.check and task.command and _may_be_asked(task)}
        for gone in [task_id for task_id in self._running if task_id not in present]:
            _end(self._running.pop(gone).process)
        self._due = {task_id: due for task_id, due in self._due.items() if task_id in present}
        for task in present.values():
            if task.check and task.command:
                self._further(task, task.check, task.command, now)

    def _further(self, task: RunningTask, check: Check, command: Command, now: float) -> None:
        running = self._running.get(task.id)
        if running is None:
            if now >= self._due.setdefault(task.id, now + check.interval):
                self._begin(task, check, command, now)
            return
        over = has_exited(running.process)
        if not over and now < running.end:
            return
        code = _end(running.process)
        del self._running[task.id]
        task.verdict = judge(task.verdict, check, now - task.born, passed=over and code == 0)
        self._due[task.id] = now + check.interval

    def _begin(self, task: RunningTask, check: Check, command: Command, now: float) -> None:
        try:
            process = subprocess.Popen(
                check.command,
                executable=shutil.which(check.command[0], path=command.environment["PATH"]),
                cwd=command.directory,
                env=dict(command.environment),
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 (it takes no lock that another thread could hold)
            )
        except OSError:
            # A program that is not in the image fails the check, as it does there.
            task.verdict = judge(task.verdict, check, now - task.born, passed=False)
            self._due[task.id] = now + check.interval
            return
        self._running[task.id] = Examination(process, now + check.timeout)

    def end_all(self) -> None:
        """End whatever runs."""
        for examination in self._running.values():
            _end(examination.process)
        self._running.clear()


def _may_be_asked(task: RunningTask) -> bool:
    """Tell whether a task's container runs. Nobody can reach one whose zone is lost."""
    return task.process is not None and not task.frozen and task.wanted


def _end(process: subprocess.Popen[bytes]) -> int:
    """End a check with its children, and return its exit code. Not reaped so far, its number is nobody else's."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(process.pid, signal.SIGKILL)
    return process.wait()
