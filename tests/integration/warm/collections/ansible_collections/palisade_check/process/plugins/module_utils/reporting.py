# SPDX-License-Identifier: GPL-3.0-or-later
"""What a module finds around it."""

from __future__ import annotations

import logging
import os
import signal
import sys
import threading
from typing import Any


def surroundings() -> dict[str, Any]:
    """Return what a process has from the one that started it."""
    mask = os.umask(0)
    os.umask(mask)
    return {
        "argv": len(sys.argv),
        "blocked": sorted(signal.pthread_sigmask(signal.SIG_BLOCK, [])),
        "directory": os.getcwd(),
        "environment": dict(os.environ),
        "handlers": {number.name: str(signal.getsignal(number)) for number in signal.Signals},
        "input": sys.stdin.read(),
        "log_handlers": len(logging.root.handlers),
        "main": sys.modules["__main__"].__name__,
        "mask": mask,
        "path": [place for place in sys.path if not place.endswith("_payload.zip")],
        "session": os.getsid(0) == os.getpgid(0),
        "stdout": [sys.stdout.encoding, sys.stdout.errors, sys.stdout.isatty()],
        "threads": threading.active_count(),
    }
