# SPDX-License-Identifier: GPL-3.0-or-later
"""What controls.yml asks for, what the gates found, and whether they would have noticed: the record of an audit."""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import yaml

from tests.audit.exceptions import Excuse
from tests.audit.finding import Finding, Result

HERE = Path(__file__).parent
FILE = HERE / "controls.yml"
RECORD = HERE / "record.json"
FIELDS = {"service", "ids", "requirement", "means", "checks"}
# These only say what is wrong.
COMPLAINERS = ("cfn-lint", "parliament")
RIGHT, EXCEPTED, WRONG, NOT_JUDGED = "right", "excepted", "wrong", "not judged"
RED, GREEN, UNBROKEN = "red", "green", "not broken"

Control = dict[str, Any]
Record = dict[str, Any]


def load(path: Path = FILE) -> list[Control]:
    """Return the table; raise ValueError naming a control that is incomplete."""
    table: list[Control] = yaml.safe_load(path.read_text())
    for control in table:
        unknown = set(control) - FIELDS - {"unbroken"}
        if not set(control) >= FIELDS or unknown or not set(control.get("unbroken", {})) <= set(control["checks"]):
            raise ValueError(f"control {control.get('ids')}: expected {sorted(FIELDS)} and unbroken checks of its own")
    return table


def record(table: Iterable[Control], ours: list[Result], twins: list[Result], excuses: list[Excuse]) -> Record:
    """Return what was found of each control, each gate and each exception, without anything that differs run to run."""
    return {
        "tools": [_tool(result, twins, excuses) for result in sorted(ours, key=lambda result: result.tool)],
        "controls": [
            {key: control[key] for key in ("service", "ids", "requirement", "means")}
            | {"checks": [_check(check, control, ours, twins, excuses) for check in control["checks"]]}
            for control in table
        ],
        "exceptions": [
            {key: getattr(excuse, key) for key in ("tool", "check", "resource", "kind", "reason")} for excuse in excuses
        ],
    }


def _tool(result: Result, twins: list[Result], excuses: list[Excuse]) -> Record:
    noticed = {finding.check for finding in _unexcused(_of(twins, result.tool), excuses)}
    return {
        "tool": result.tool,
        "version": result.version,
        "judged": f"{result.judged} {result.unit}",
        "checks red on the twin": len(noticed),
    }


def _check(check: str, control: Control, ours: list[Result], twins: list[Result], excuses: list[Excuse]) -> Record:
    tool, _, name = check.partition(" ")
    found = [finding for finding in _of(ours, tool) if finding.check == name]
    red = any(finding.check == name for finding in _unexcused(_of(twins, tool), excuses))
    judged = any(result.tool == tool and result.judged for result in ours)
    outcome = _outcome(found, excuses, silence=RIGHT if tool in COMPLAINERS and judged else NOT_JUDGED)
    why = control.get("unbroken", {}).get(check, "")
    return {"check": check, "outcome": outcome, "twin": RED if red else UNBROKEN if why else GREEN, "why": why}


def _outcome(found: list[Finding], excuses: list[Excuse], silence: str) -> str:
    if not found:
        return silence
    # What is of the account says nothing of the stack, unless there is nothing else.
    of_stack = [item for item in found if not _is_out_of_scope(item, excuses)] or found
    adverse = [item for item in of_stack if item.failed]
    if list(_unexcused(adverse, excuses)):
        return WRONG
    return EXCEPTED if adverse else RIGHT


def _is_out_of_scope(item: Finding, excuses: list[Excuse]) -> bool:
    return item.failed and any(excuse.kind == "out of scope" and excuse.covers(item) for excuse in excuses)


def _of(results: list[Result], tool: str) -> list[Finding]:
    return [finding for result in results if result.tool == tool for finding in result.findings]


def _unexcused(findings: Iterable[Finding], excuses: list[Excuse]) -> Iterable[Finding]:
    return (item for item in findings if item.failed and not any(excuse.covers(item) for excuse in excuses))


def problems(found: Record) -> list[str]:
    """Return one line per control without a right answer, and per check or gate that the twin left green."""
    lines = [
        f"{tool['tool']} stayed green on the twin" for tool in found["tools"] if not tool["checks red on the twin"]
    ]
    for control in found["controls"]:
        for check in control["checks"]:
            if check["outcome"] in (WRONG, NOT_JUDGED):
                lines.append(f"control {control['ids']}: {check['check']} is {check['outcome']}")
            if check["outcome"] == RIGHT and check["twin"] == GREEN:
                lines.append(f"control {control['ids']}: {check['check']} stayed green on the twin")
            if check["twin"] == RED and check["why"]:
                lines.append(f"control {control['ids']}: {check['check']} is said not to be broken, but is red")
    return lines


def summary(found: Record) -> str:
    """Return one line of figures."""
    checks = [check for control in found["controls"] for check in control["checks"]]
    right, excepted = (sum(check["outcome"] == outcome for check in checks) for outcome in (RIGHT, EXCEPTED))
    red = sum(check["twin"] == RED for check in checks)
    return (
        f"{len(found['controls'])} controls, {len(checks)} checks: {right} right, {excepted} excepted; "
        f"{red} red on the twin."
    )


def text(found: Record) -> str:
    """Return a record as it is kept."""
    return json.dumps(found, indent=1) + "\n"


def recorded() -> Record:
    """Return the record that is kept in the repository."""
    found: Record = json.loads(RECORD.read_text())
    return found
