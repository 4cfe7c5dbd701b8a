# SPDX-License-Identifier: GPL-3.0-or-later
"""parliament judges the grammar of every policy: unknown actions, conditions that never match, needless stars."""

from __future__ import annotations

from typing import Any

from tests.audit.finding import Finding, Result
from tests.audit.gates.policies import documents
from tests.audit.gates.subject import Subject, script, version

TOOL = "parliament"


def judge(subject: Subject) -> Result:
    """Return what parliament says of every policy."""
    return read(script(TOOL, TOOL, documents(subject.state), subject), version("judges", TOOL))


def read(report: dict[str, list[dict[str, Any]]], said_by: str) -> Result:
    """Return the findings of a report, one at least per policy."""
    findings = [Finding(TOOL, "POLICY_READ", name, False) for name in report]
    findings += [
        Finding(TOOL, item["issue"], name, True, _shortened(item["detail"])) for name in report for item in report[name]
    ]
    return Result(TOOL, said_by, len(report), "policies", tuple(findings))


def _shortened(detail: Any) -> str:
    text = ", ".join(map(str, detail)) if isinstance(detail, list) else str(detail)
    return text if len(text) <= 200 else text[:200] + " ..."
