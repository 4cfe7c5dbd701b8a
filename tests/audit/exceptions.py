# SPDX-License-Identifier: GPL-3.0-or-later
"""What is wrong and why that is accepted: exceptions.yml, matched with what the tools found."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import yaml

from tests.audit.finding import Finding, Result

FILE = Path(__file__).with_name("exceptions.yml")
KINDS = {
    "emulator gap": "right on AWS, but moto cannot show it",
    "accepted": "a decision, with what speaks for it",
    "out of scope": "of the account, not of a stack",
}
FIELDS = ("tool", "check", "resource", "kind", "reason")


class ExcuseProblem(ValueError):
    """An entry of the file is not what it has to be; the message says which and why."""


@dataclass(frozen=True)
class Excuse:
    """One accepted deviation; check and resource are patterns with * and ?, and detail one of what the tool said."""

    tool: str
    check: str
    resource: str
    kind: str
    reason: str
    detail: str = "*"

    def covers(self, finding: Finding) -> bool:
        """Say whether a finding is what this entry accepts."""
        return self.tool == finding.tool and all(
            fnmatchcase(text, pattern)
            for text, pattern in (
                (finding.check, self.check),
                (finding.resource, self.resource),
                (finding.detail, self.detail),
            )
        )


@dataclass
class Verdict:
    """What remains when everything that is accepted is taken away, and what was accepted in vain."""

    explained: list[tuple[Finding, Excuse]] = field(default_factory=list)
    unexplained: list[Finding] = field(default_factory=list)
    stale: list[Excuse] = field(default_factory=list)
    idle: list[str] = field(default_factory=list)

    @property
    def problems(self) -> list[str]:
        """One line per reason for which an audit fails."""
        return [
            *(f"{tool} judged nothing" for tool in self.idle),
            *(f"{item.tool} {item.check}: {item.resource}: {item.detail}" for item in sorted(self.unexplained)),
            *(f"the exception {item.tool} {item.check} for {item.resource} matches nothing" for item in self.stale),
        ]


def load(path: Path = FILE) -> list[Excuse]:
    """Return the entries of a file; raise ExcuseProblem naming one that is incomplete or wrong."""
    return [_entry(number, item) for number, item in enumerate(yaml.safe_load(path.read_text()), 1)]


def _entry(number: int, item: dict[str, Any]) -> Excuse:
    where = f"exception {number} ({item.get('tool')} {item.get('check')})"
    missing = [name for name in FIELDS if not str(item.get(name) or "").strip()]
    unknown = sorted(set(item) - {*FIELDS, "detail"})
    if missing or unknown:
        raise ExcuseProblem(f"{where}: missing {missing}, unknown {unknown}; expected {', '.join(FIELDS)}")
    if item["kind"] not in KINDS:
        raise ExcuseProblem(f"{where}: kind is {item['kind']!r}; expected one of {', '.join(KINDS)}")
    return Excuse(**{key: str(value).strip() for key, value in item.items()})


def judge(results: Iterable[Result], exceptions: Iterable[Excuse]) -> Verdict:
    """Return which findings remain unexplained, which exceptions match nothing, and which tools were idle."""
    verdict, entries = Verdict(), list(exceptions)
    used: set[Excuse] = set()
    for result in results:
        if not result.judged or not result.version:
            verdict.idle.append(result.tool)
        for finding in result.failed:
            covering = [entry for entry in entries if entry.covers(finding)]
            used.update(covering)
            if covering:
                verdict.explained.append((finding, covering[0]))
            else:
                verdict.unexplained.append(finding)
    verdict.stale = [entry for entry in entries if entry not in used]
    return verdict
