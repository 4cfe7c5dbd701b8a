# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes and the addresses they listen on."""

from __future__ import annotations

import ctypes
import os
import shlex
import signal
import socket
import sys
from collections.abc import Iterator
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_LISTEN = "0A"
_CONNECT_SECONDS = 1.0
# Looked up here, not in the forked child: there another thread's lock may be held for ever.
_prctl = ctypes.CDLL(None, use_errno=True).prctl if sys.platform == "linux" else None


class _LastFork:
    """The process that forked last: in a child, its parent at that moment."""

    process = 0

    @classmethod
    def remember(cls) -> None:
        cls.process = os.getpid()


os.register_at_fork(before=_LastFork.remember)


def die_with_parent() -> None:
    """Make the calling process end (SIGTERM) when its parent does; for `subprocess.Popen(preexec_fn=die_with_parent)`.

    The kernel sends the signal when the *thread* that forked ends: fork only from a thread that lives as long as its
    process. Where there is no such signal (macOS) this does nothing.
    """
    if _prctl is None:
        return
    if _prctl(_PR_SET_PDEATHSIG, signal.SIGTERM, 0, 0, 0) != 0:
        raise OSError(ctypes.get_errno(), "prctl(PR_SET_PDEATHSIG) failed")
    # A parent that died before the request sends nothing any more.
    if os.getppid() != _LastFork.process:
        os.kill(os.getpid(), signal.SIGKILL)


def is_listening(address: str, port: int) -> bool:
    """Say whether a TCP connection to the address is accepted."""
    try:
        with socket.create_connection((address, port), timeout=_CONNECT_SECONDS):
            return True
    except OSError:
        return False


def listener_of(port: int) -> str | None:
    """Name the processes that listen on the TCP port, on any address; None if none does or the system does not tell."""
    sockets = _listening_sockets(port)
    if not sockets:
        return None
    return ", ".join(f"process {pid} ({_command(pid)})" for pid in listening_processes(port)) or "another process"


def listening_processes(port: int) -> list[int]:
    """List the ids of the processes that listen on the TCP port, as far as the caller may see them."""
    sockets = _listening_sockets(port)
    if not sockets:
        return []
    return sorted(pid for pid in _process_ids() if sockets & set(_sockets_of(pid)))


def _listening_sockets(port: int) -> set[str]:
    found = set()
    for table in (Path("/proc/net/tcp"), Path("/proc/net/tcp6")):
        if not table.exists():
            continue
        for line in table.read_text().splitlines()[1:]:
            fields = line.split()
            if fields[3] == _LISTEN and int(fields[1].rpartition(":")[2], 16) == port:
                found.add(f"socket:[{fields[9]}]")
    return found


def _process_ids() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _sockets_of(pid: int) -> Iterator[str]:
    try:
        descriptors = list(Path(f"/proc/{pid}/fd").iterdir())
    except OSError:  # gone meanwhile, or another user's
        return
    for descriptor in descriptors:
        try:
            target = os.readlink(descriptor)
        except OSError:
            continue
        if target.startswith("socket:"):
            yield target


def _command(pid: int) -> str:
    try:
        arguments = Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").rstrip("\0").split("\0")
    except OSError:
        return "command unknown"
    return shlex.join(arguments)
