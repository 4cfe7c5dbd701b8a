# SPDX-License-Identifier: GPL-3.0-or-later
"""One command at a time."""

from __future__ import annotations

import contextlib
import fcntl
from collections.abc import Iterator

from emulator.settings import Settings


@contextlib.contextmanager
def alone(settings: Settings) -> Iterator[None]:
    """Let only one `up` or `down` of a run directory work at a time."""
    settings.pids.mkdir(parents=True, exist_ok=True)
    with (settings.pids / "lock").open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield
