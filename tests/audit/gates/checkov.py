# SPDX-License-Identifier: GPL-3.0-or-later
"""Checkov judges the exported template."""

from __future__ import annotations

import json
from typing import Any

from tests.audit.finding import Finding, Result
from tests.audit.gates.subject import TOOLS, Subject, ToolFailure, run

TOOL = "checkov"
FOUND_SOMETHING = 1


def judge(subject: Subject) -> Result:
    """Return what checkov says of each resource of the template."""
    python = str(TOOLS / TOOL / "bin" / "python")
    command = [python, "-m", "checkov.main", "--file", str(subject.template_file), "--framework", "cloudformation"]
    said = run(TOOL, *command, "--skip-download", "--compact", "-o", "json", accepted=(0, FOUND_SOMETHING))
    return read(json.loads(said))


def read(report: dict[str, Any]) -> Result:
    """Return the findings of a report; raise ToolFailure if a part of the template could not be read."""
    summary = report.get("summary", report)
    if summary.get("parsing_errors"):
        raise ToolFailure(f"checkov could not read {summary['parsing_errors']} parts of the template")
    results = report.get("results", {})
    said = [(item, False) for item in results.get("passed_checks", [])]
    said += [(item, True) for item in results.get("failed_checks", [])]
    findings = tuple(
        Finding(TOOL, item["check_id"], item["resource"].rpartition(".")[2], failed, item["check_name"])
        for item, failed in said
    )
    return Result(TOOL, summary["checkov_version"], summary["resource_count"], "resources", findings)
