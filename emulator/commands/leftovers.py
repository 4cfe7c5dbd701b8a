# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that outlived their supervisor."""

from __future__ import annotations

import contextlib
import os
import signal
import time
from pathlib import Path

from emulator import identity
from emulator.settings import Settings

POLITE_SECONDS = 1.0


def end_leftovers(settings: Settings) -> int:
    """End what is left of the processes noted in the run directory; return how many there were.

    They end with their supervisor by themselves, unless they ignore SIGTERM or their own parent was killed.
    """
    records = [path for path in settings.pids.glob("*.json") if path != settings.supervisor_record]
    found = {pid for path in records for pid in _mine(path, settings)}
    for number, seconds in ((signal.SIGTERM, POLITE_SECONDS), (signal.SIGKILL, POLITE_SECONDS)):
        for pid in {pid for path in records for pid in _mine(path, settings)}:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, number)
        end = time.monotonic() + seconds
        while any(_mine(path, settings) for path in records) and time.monotonic() < end:
            time.sleep(0.02)
    for path in records:
        path.unlink(missing_ok=True)
    return len(found)


def _mine(path: Path, settings: Settings) -> list[int]:
    """Return the noted process and those of its session that name the run directory: numbers are used again."""
    record = identity.read(path)
    if record is None:
        return []
    mark = os.fsencode(settings.run_dir)
    others = [pid for pid in identity.session_members(record.pid) if pid != record.pid and mark in _environment(pid)]
    return [record.pid, *others] if record.alive() else others


def _environment(pid: int) -> bytes:
    with contextlib.suppress(OSError):
        return Path(f"/proc/{pid}/environ").read_bytes()
    return b""
