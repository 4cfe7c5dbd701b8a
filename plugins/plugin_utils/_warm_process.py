# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Run a function in a forked process and collect what it writes, as the local connection does with a command."""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import NoReturn

# What must not interrupt between the fork and the moment when both sides know what to do about it.
INTERRUPTIONS = {signal.SIGALRM, signal.SIGINT, signal.SIGTERM}
CHUNK = 1 << 20
PR_SET_PDEATHSIG = 1
# For how long to listen, in silence, to what an ended module has left running and given its output to.
PATIENCE = 5.0


@dataclass(frozen=True)
class Outcome:
    """What a process left: its exit code, or minus the signal that killed it, and its output."""

    code: int
    stdout: bytes
    stderr: bytes


def die_with(parent: int, number: int) -> None:
    """Have the kernel send this process a signal when its parent ends, whichever way that happens."""
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, number)
    if os.getppid() != parent:
        os.kill(os.getpid(), number)


def run_forked(child: Callable[[int, int, set[int]], NoReturn]) -> Outcome:
    """Fork, and call `child` there with the ends of two pipes for its output and the signals to block from then on.

    The process stays in the process group of the worker, to which Ansible sends what ends a run. Whatever else
    interrupts the wait, such as the timeout of the task, kills it; and the end of Ansible itself ends the worker.
    """
    die_with(os.getppid(), signal.SIGTERM)
    (output, output_end), (error, error_end) = os.pipe(), os.pipe()
    mask = signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)
    process, status = 0, None
    try:
        process = os.fork()
        if not process:
            child(output_end, error_end, set(mask))
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)
        os.close(output_end)
        os.close(error_end)
        written = _read(process, (output, error))
        os.waitid(os.P_PID, process, os.WEXITED | os.WNOWAIT)
        # Its number may be another's as soon as it is reaped: nothing may come between that and knowing of it.
        signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)
        status = os.waitpid(process, 0)[1]
        return Outcome(os.waitstatus_to_exitcode(status), *written)
    finally:
        signal.pthread_sigmask(signal.SIG_BLOCK, INTERRUPTIONS)
        if process and status is None:
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
        os.close(output)
        os.close(error)
        signal.pthread_sigmask(signal.SIG_SETMASK, mask)


def _read(process: int, ends: tuple[int, int]) -> tuple[bytes, bytes]:
    """Return all that is written into two pipes, until both are closed or only a silent stranger holds them."""
    chunks: dict[int, list[bytes]] = {end: [] for end in ends}
    heard = time.monotonic()
    with selectors.DefaultSelector() as selector:
        for end in ends:
            selector.register(end, selectors.EVENT_READ)
        while selector.get_map():
            ready = selector.select(timeout=1)
            for key, _events in ready:
                heard = time.monotonic()
                chunks[key.fd].append(os.read(key.fd, CHUNK))
                if not chunks[key.fd][-1]:
                    selector.unregister(key.fd)
            if not ready and time.monotonic() - heard > PATIENCE and _has_ended(process):
                break
    return b"".join(chunks[ends[0]]), b"".join(chunks[ends[1]])


def _has_ended(process: int) -> bool:
    return os.waitid(os.P_PID, process, os.WEXITED | os.WNOHANG | os.WNOWAIT) is not None
