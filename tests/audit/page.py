# SPDX-License-Identifier: GPL-3.0-or-later
"""docs/controls.md: the record of an audit for people."""

from __future__ import annotations

from itertools import groupby

from tests.audit.controls import EXCEPTED, RIGHT, Record, summary
from tests.audit.exceptions import KINDS
from tests.e2e.site import CHECKOUT

PAGE = CHECKOUT / "docs" / "controls.md"
HEAD = """# Controls

Written by `make audit`, from what independent auditors say of the deployed stack. **Do not edit.**

`make audit` deploys the stack on an embedded AWS of its own and has every auditor judge what the API then answers. It
does the same with an insecure twin, on which the same checks have to fail. It fails on every finding that no exception
explains, on every exception that explains nothing, on every auditor that judged nothing, and on every check that the
twin leaves green.
"""


def page(found: Record) -> str:
    """Return the page."""
    return "\n".join([HEAD, summary(found), "", *_tools(found), *_controls(found), *_exceptions(found)])


def _tools(found: Record) -> list[str]:
    rows = [
        f"| {item['tool']} | {item['version']} | {item['judged']} | {item['checks red on the twin']} |"
        for item in found["tools"]
    ]
    return ["| auditor | version | judged | checks that fail on the twin |", "|---|---|---|---|", *rows, ""]


def _controls(found: Record) -> list[str]:
    lines = ["## What is asked, and what was found", ""]
    for service, controls in groupby(found["controls"], key=lambda control: control["service"]):
        lines += [
            f"### {service}",
            "",
            "| control | asks | by | executed | found | on the twin |",
            "|---|---|---|---|---|---|",
        ]
        for control in controls:
            lines += _rows(control)
        lines.append("")
    return lines


def _rows(control: Record) -> list[str]:
    first = [control["ids"], control["requirement"], control["means"]]
    rows = []
    for check in control["checks"]:
        outcome = {RIGHT: "right", EXCEPTED: "[exception](#exceptions)"}.get(
            check["outcome"], f"**{check['outcome']}**"
        )
        twin = f"{check['twin']}: {check['why']}" if check["why"] else check["twin"]
        rows.append("| " + " | ".join([*first, f"`{check['check']}`", outcome, twin]) + " |")
        first = ["", "", ""]
    return rows


def _exceptions(found: Record) -> list[str]:
    lines = [
        "## Exceptions",
        "",
        "From `tests/audit/exceptions.yml`. One that matches nothing any more fails the audit.",
        "",
    ]
    for kind, meaning in KINDS.items():
        rows = [
            f"| `{item['tool']} {item['check']}` | {item['resource']} | {item['reason']} |"
            for item in found["exceptions"]
            if item["kind"] == kind
        ]
        if rows:
            lines += [
                f"### {kind.capitalize()}: {meaning}",
                "",
                "| finding | of | reason |",
                "|---|---|---|",
                *rows,
                "",
            ]
    return lines
