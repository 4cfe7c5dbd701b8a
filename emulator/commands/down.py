# SPDX-License-Identifier: GPL-3.0-or-later
"""Stop the embedded AWS."""

from __future__ import annotations

import argparse
import shutil
import signal
import time

from emulator import identity
from emulator.commands.alone import alone
from emulator.commands.error import CommandError
from emulator.commands.leftovers import end_leftovers
from emulator.identity import ProcessRecord
from emulator.settings import Settings

STOP_SECONDS = 40
KILL_SECONDS = 10


def down(settings: Settings, _arguments: argparse.Namespace) -> int:
    """Stop the supervisor of this run directory and whatever it left."""
    if not settings.run_dir.exists():
        print("The embedded AWS does not run")
        return 0
    with alone(settings):
        record = identity.read(settings.supervisor_record)
        running = record is not None and record.alive()
        end_everything(settings, record)
    print("The embedded AWS is down" if running else "The embedded AWS does not run")
    return 0


def end_everything(settings: Settings, record: ProcessRecord | None) -> None:
    """Ask the supervisor to stop, insist after a while, and end what it may have left."""
    if record is not None:
        record.signal(signal.SIGTERM)
        if not _ends(record, STOP_SECONDS):
            record.signal(signal.SIGKILL)
            if not _ends(record, KILL_SECONDS):
                raise CommandError(f"process {record.pid} does not end")
    count = end_leftovers(settings)
    if count:
        print(f"Ended {count} processes that an earlier embedded AWS left")
    settings.supervisor_record.unlink(missing_ok=True)
    settings.state.unlink(missing_ok=True)
    shutil.rmtree(settings.run_dir / "tmp", ignore_errors=True)


def _ends(record: ProcessRecord, seconds: float) -> bool:
    end = time.monotonic() + seconds
    while record.alive():
        if time.monotonic() > end:
            return False
        time.sleep(0.05)
    return True
