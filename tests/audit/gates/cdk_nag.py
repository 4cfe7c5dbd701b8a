# SPDX-License-Identifier: GPL-3.0-or-later
"""cdk-nag judges the exported template by two of its packs: AWS Solutions and NIST 800-53 revision 5."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from tests import node_packages
from tests.audit.finding import Finding, Result
from tests.audit.gates.subject import TOOLS, Subject, run

TOOL = "cdk-nag"
NODE = Path(__file__).parent / "node"
INSTALLED = TOOLS / "node"
FILES = ("package.json", "package-lock.json", "judge.mjs")


def judge(subject: Subject) -> Result:
    """Return what each rule says of each resource that it is about."""
    node_packages.install(NODE, FILES, INSTALLED)
    said = run(TOOL, "node", str(INSTALLED / "judge.mjs"), str(subject.template_file))
    return read(json.loads(said), json.loads((NODE / "package.json").read_text())["dependencies"][TOOL])


def read(report: list[dict[str, Any]], said_by: str) -> Result:
    """Return the findings of a report; a rule that cannot decide needs an explanation too."""
    findings = tuple(
        Finding(TOOL, item["check"], item["resource"], item["answer"] != "Compliant", item["detail"]) for item in report
    )
    return Result(TOOL, said_by, len({finding.resource for finding in findings}), "resources", findings)
