# SPDX-License-Identifier: GPL-3.0-or-later
"""The processes of tasks: started, looked at, signalled; never while the lock is held."""

from __future__ import annotations

import contextlib
import logging
import os
import shutil
import signal
import subprocess
import time
from collections.abc import Collection, Iterable, Mapping
from dataclasses import replace

from emulator import identity
from emulator.load_balancer import Health
from emulator.processes import die_with_parent, is_listening
from emulator.scheduler import memory
from emulator.scheduler.container import Command
from emulator.scheduler.phase import Phase, Sight, Signal
from emulator.scheduler.task import RunningTask
from emulator.settings import Settings

LOG = logging.getLogger(__name__)
# Memory is looked at this often.
MEMORY_SECONDS = 0.5
NUMBERS = {Signal.TERMINATE: signal.SIGTERM, Signal.KILL: signal.SIGKILL}


class TaskProcesses:
    """Do what the scheduler decided, and report what became of it."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._memory_due = 0.0

    def look(self, tasks: Iterable[RunningTask], health: Mapping[tuple[str, int], Health]) -> None:
        """Note what is to be seen of each task's process."""
        for task in tasks:
            exited = task.process is not None and has_exited(task.process)
            listening = task.sight.listening
            if task.life.phase is Phase.PENDING and task.port is not None and not listening and not exited:
                listening = is_listening(task.address, task.port)
            task.sight = replace(
                task.sight, exited=exited, listening=listening, health=health.get((task.address, task.port or 0))
            )

    def act(self, tasks: Collection[RunningTask]) -> None:
        """Start what shall start and send the signals that are due."""
        for task in tasks:
            if task.life.phase is Phase.PROVISIONING and task.process is None and task.command is not None:
                self._start(task, task.command)
            while task.signals:
                self._signal(task, task.signals.pop(0))
        if time.monotonic() >= self._memory_due:
            self._memory_due = time.monotonic() + MEMORY_SECONDS
            for task in tasks:
                self._check_memory(task)

    def _check_memory(self, task: RunningTask) -> None:
        """Kill what uses more memory than its container has."""
        process = task.process
        if process is None or not task.memory_limit or has_exited(process):
            return
        if memory.used(process.pid) > task.memory_limit:
            task.container_reason = memory.REASON
            self._signal(task, Signal.KILL)

    def _start(self, task: RunningTask, command: Command) -> None:
        self._settings.task_logs.mkdir(parents=True, exist_ok=True)
        self._settings.task_temporary(task.id).mkdir(parents=True, mode=0o700)
        try:
            with self._settings.task_log(task.id).open("ab") as log:
                # A session of its own, so that its children get the signals too, whoever their parent is by then.
                task.process = subprocess.Popen(
                    command.arguments,
                    executable=shutil.which(command.arguments[0], path=command.environment["PATH"]),
                    cwd=command.directory,
                    env=dict(command.environment),
                    stdin=subprocess.DEVNULL,
                    stdout=log,
                    stderr=subprocess.STDOUT,
                    start_new_session=True,
                    preexec_fn=die_with_parent,  # noqa: PLW1509 (it takes no lock that another thread could hold)
                )
        except OSError as error:
            task.failure = f"CannotStartContainerError: {error}"
            return
        identity.note(self._settings.pids / f"task-{task.id}.json", task.process.pid)
        task.sight = Sight(started=True)
        LOG.info("task %s started on %s, process %d", task.id, task.address, task.process.pid)

    def _signal(self, task: RunningTask, kind: Signal) -> None:
        """Signal the task's first process, as ECS does; SIGKILL goes to all of them."""
        process = task.process
        if process is None or has_exited(process):
            return
        LOG.info("task %s gets %s", task.id, kind.value)
        with contextlib.suppress(ProcessLookupError):
            if kind is Signal.KILL:
                os.killpg(process.pid, NUMBERS[kind])
            else:
                process.send_signal(NUMBERS[kind])

    def freeze(self, tasks: Iterable[RunningTask], zones: Collection[str]) -> None:
        """Stop the processes of some zones as a whole, and let those of all others go on."""
        for task in tasks:
            lost = task.zone in zones
            if task.process is not None and task.frozen is not lost and not has_exited(task.process):
                with contextlib.suppress(ProcessLookupError):
                    os.killpg(task.process.pid, signal.SIGSTOP if lost else signal.SIGCONT)
                task.frozen = lost

    def bury(self, task: RunningTask) -> int | None:
        """End what a finished task left behind: children, temporary files, record; return its exit code."""
        code = None
        if task.process is not None:
            # Not reaped so far: its number, which is its group's, cannot belong to anybody else yet.
            with contextlib.suppress(ProcessLookupError, PermissionError):
                os.killpg(task.process.pid, signal.SIGKILL)
            code = task.process.wait()
        shutil.rmtree(self._settings.task_temporary(task.id), ignore_errors=True)
        (self._settings.pids / f"task-{task.id}.json").unlink(missing_ok=True)
        return code


def has_exited(process: subprocess.Popen[bytes]) -> bool:
    """Tell whether a process has ended, without reaping it."""
    if process.returncode is not None:
        return True
    return os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
