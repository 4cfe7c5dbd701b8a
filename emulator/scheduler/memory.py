# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory a task's processes use. Fargate ends a container that uses more than it has."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

MIB = 1 << 20
PAGE = os.sysconf("SC_PAGE_SIZE")
# What DescribeTasks says of the container:
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stopped-task-error-codes.html
REASON = "OutOfMemoryError: Container killed due to memory usage"


def used(pid: int) -> int:
    """Return how many bytes a process and its descendants hold in memory; what they share counts for each."""
    return sum(map(_resident, family(pid)))


def limit(definition: object, container: dict[str, int]) -> int:
    """Return how many bytes a container may use: its own limit, else that of the task."""
    return int(container.get("memory") or getattr(definition, "memory", 0) or 0) * MIB


def family(pid: int) -> Iterator[int]:
    """Yield a process and its descendants."""
    yield pid
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        for child in read(path).split():
            yield from family(int(child))


def _resident(pid: int) -> int:
    fields = read(Path(f"/proc/{pid}/statm")).split()
    return int(fields[1]) * PAGE if fields else 0


def read(path: Path) -> str:
    """Return a file of a process; nothing once that has ended."""
    try:
        return path.read_text(encoding="ascii")
    except (FileNotFoundError, ProcessLookupError):
        return ""
