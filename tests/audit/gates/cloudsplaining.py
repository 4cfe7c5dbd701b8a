# SPDX-License-Identifier: GPL-3.0-or-later
"""cloudsplaining judges what roles may do: escalation, exfiltration, exposure, wildcards."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from tests.audit.finding import Finding, Result
from tests.audit.gates.policies import authorization_details
from tests.audit.gates.subject import TOOLS, Subject, run, version

TOOL = "cloudsplaining"
KINDS = (
    "PrivilegeEscalation",
    "DataExfiltration",
    "ResourceExposure",
    "ServiceWildcard",
    "CredentialsExposure",
    "InfrastructureModification",
)
EACH = 10
PLACES = ("aws_managed_policies", "customer_managed_policies", "inline_policies")


def judge(subject: Subject) -> Result:
    """Return what cloudsplaining says of every policy of an identity."""
    directory = subject.directory / TOOL
    directory.mkdir(exist_ok=True)
    asked = directory / "account.json"
    asked.write_text(json.dumps(authorization_details(subject.state)))
    command = [str(TOOLS / "judges" / "bin" / "cloudsplaining"), "scan", "--input-file", str(asked)]
    run(TOOL, *command, "--output", str(directory), "--skip-open-report")
    return read(json.loads((directory / "iam-results-account.json").read_text()), version("judges", TOOL))


def read(report: dict[str, Any], said_by: str) -> Result:
    """Return the findings of a report: per policy and kind one, and one per action if there are any."""
    policies = [policy for place in PLACES for policy in report[place].values()]
    findings = tuple(finding for policy in policies for finding in _of_policy(policy))
    return Result(TOOL, said_by, len(policies), "policies", findings)


def _of_policy(policy: dict[str, Any]) -> Iterator[Finding]:
    for kind in KINDS:
        found = [_words(detail) for detail in policy[kind]["findings"]]
        # An administrator has ten thousand; nobody excuses more than a few.
        for detail in found if len(found) <= EACH else [f"{len(found)} actions, such as {found[0]}"]:
            yield Finding(TOOL, kind, policy["PolicyName"], True, detail)
        if not found:
            yield Finding(TOOL, kind, policy["PolicyName"], False)


def _words(detail: Any) -> str:
    return f"{detail['type']}: {', '.join(detail['actions'])}" if isinstance(detail, dict) else str(detail)
