# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a command, and account for the processor time of all its processes."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from tests.warm.recording import CHECKOUT


class BenchmarkError(RuntimeError):
    """A measurement is worth nothing."""


@dataclass(frozen=True)
class Cost:
    """What a command cost: seconds of processor time, its own and its children's, and seconds that passed."""

    processor: float
    wall: float


def measure(command: Sequence[str], environment: Mapping[str, str], log: Path) -> Cost:
    """Run a command to its end and return its cost; raises BenchmarkError with the end of what it said if it fails."""
    with log.open("w", encoding="utf-8") as output:
        start = time.perf_counter()
        process = subprocess.Popen(
            command, cwd=CHECKOUT, env=environment, stdin=subprocess.DEVNULL, stdout=output, stderr=subprocess.STDOUT
        )
        _, status, usage = os.wait4(process.pid, 0)
        wall = time.perf_counter() - start
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode != 0:
        raise BenchmarkError(f"{' '.join(command)}\n{log.read_text(encoding='utf-8')[-3000:]}")
    return Cost(usage.ru_utime + usage.ru_stime, wall)
