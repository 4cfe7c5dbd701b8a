# SPDX-License-Identifier: GPL-3.0-or-later
"""cfn-lint judges whether the exported template is one that AWS would take."""

from __future__ import annotations

import json
from typing import Any

from tests.audit.finding import Finding, Result
from tests.audit.gates.subject import TOOLS, Subject, run, version

TOOL = "cfn-lint"
# One bit each for errors, warnings and notes.
FOUND_SOMETHING = tuple(range(16))


def judge(subject: Subject) -> Result:
    """Return what cfn-lint says of the template."""
    command = [str(TOOLS / "judges" / "bin" / "cfn-lint"), "--format", "json", "--regions", "eu-central-1"]
    said = run(TOOL, *command, "--", str(subject.template_file), accepted=FOUND_SOMETHING)
    return read(json.loads(said), len(subject.template["Resources"]), version("judges", TOOL))


def read(report: list[dict[str, Any]], resources: int, said_by: str) -> Result:
    """Return the findings of a report; cfn-lint only says what is wrong."""
    findings = tuple(
        Finding(TOOL, item["Rule"]["Id"], _resource(item["Location"].get("Path") or []), True, item["Message"])
        for item in report
    )
    return Result(TOOL, said_by, resources, "resources", findings)


def _resource(path: list[Any]) -> str:
    return str(path[1]) if len(path) > 1 else "template"
