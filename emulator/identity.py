# SPDX-License-Identifier: GPL-3.0-or-later
"""Telling a process apart from a later one that got the same number."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from dataclasses import asdict, dataclass
from pathlib import Path


@dataclass(frozen=True)
class ProcessRecord:
    """A process as it was when it was noted down."""

    pid: int
    started: str

    def alive(self) -> bool:
        """Tell whether this very process still runs."""
        return start_mark(self.pid) == self.started

    def signal(self, number: int) -> None:
        """Send a signal, but never to another process."""
        if self.alive():
            with contextlib.suppress(ProcessLookupError):
                os.kill(self.pid, number)


def start_mark(pid: int) -> str | None:
    """Return what only this process has: its start time; nothing if it is gone or a zombie."""
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None if Path("/proc/self/stat").exists() else _start_mark_by_ps(pid)
    return None if fields[0] in "ZX" else fields[19]


def _start_mark_by_ps(pid: int) -> str | None:
    """Ask `ps`, for systems without /proc."""
    answer = subprocess.run(["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False)
    return answer.stdout.strip() or None


def note(path: Path, pid: int) -> None:
    """Write the record of a process that just started."""
    started = start_mark(pid)
    if started is not None:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps(asdict(ProcessRecord(pid, started))))


def read(path: Path) -> ProcessRecord | None:
    """Return a record; nothing if there is none or it is damaged."""
    try:
        content = json.loads(path.read_text())
        return ProcessRecord(int(content["pid"]), str(content["started"]))
    except (FileNotFoundError, KeyError, TypeError, ValueError):
        return None


def session_members(leader: int) -> list[int]:
    """Return the processes of the session that a process founded, whether or not that one still lives."""
    members = []
    for entry in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            fields = (entry / "stat").read_text().rpartition(")")[2].split()
            if int(fields[3]) == leader and fields[0] not in "ZX":
                members.append(int(entry.name))
    return members
