# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a tool and keep all that it says, in the order in which it says it."""

from __future__ import annotations

import subprocess
from pathlib import Path


def run(command: list[str], directory: Path, environment: dict[str, str]) -> tuple[int, str]:
    """Return how it ended and what it said."""
    kept = subprocess.PIPE
    done = subprocess.run(
        command, cwd=directory, env=environment, check=False, text=True, stdout=kept, stderr=subprocess.STDOUT
    )
    return done.returncode, done.stdout
