# SPDX-License-Identifier: GPL-3.0-or-later
"""What a judge says of a resource, and what one gate said in all."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass(frozen=True, order=True)
class Finding:
    """One check of one resource."""

    tool: str
    check: str
    resource: str
    failed: bool
    detail: str = ""


@dataclass(frozen=True)
class Result:
    """What one tool said; `judged` counts what it looked at, in its own unit."""

    tool: str
    version: str
    judged: int
    unit: str
    findings: tuple[Finding, ...]

    @property
    def failed(self) -> list[Finding]:
        """The findings that need an explanation."""
        return [finding for finding in self.findings if finding.failed]


def write(path: Path, results: Iterable[Result]) -> None:
    """Record results, sorted, so that two records of the same state are the same text."""
    recorded = [asdict(result) | {"findings": [asdict(item) for item in sorted(result.findings)]} for result in results]
    path.write_text(json.dumps(recorded, indent=1) + "\n")


def read(path: Path) -> list[Result]:
    """Return recorded results."""
    recorded: list[dict[str, Any]] = json.loads(path.read_text())
    return [
        Result(**item | {"findings": tuple(Finding(**finding) for finding in item["findings"])}) for item in recorded
    ]
