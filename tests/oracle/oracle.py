# SPDX-License-Identifier: GPL-3.0-or-later
"""The oracle: @cloud-copilot/iam-simulate in a process of its own, installed outside the tree."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.authorizer.policy import Decision
from emulator.authorizer.request import MULTIVALUED_KEYS
from tests import node_packages
from tests.oracle.case import Case

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
INSTALLED = ROOT / ".run" / "oracle"
FILES = ("package.json", "package-lock.json", "simulate.mjs")
OLDEST_NODE = 18

DECISIONS = {
    "Allowed": Decision.ALLOWED,
    "AllowedForAccount": Decision.ALLOWED,
    "ExplicitlyDenied": Decision.EXPLICITLY_DENIED,
    "DeniedForAccount": Decision.EXPLICITLY_DENIED,
    "ImplicitlyDenied": Decision.IMPLICITLY_DENIED,
}


@dataclass(frozen=True)
class Answer:
    """What the oracle says of each kind of policy; it has no answer for a case that it refuses."""

    decisions: dict[str, Decision]
    refusal: str = ""


Ask = Callable[[Iterable[Case]], list[Answer]]


def require_node() -> None:
    """Skip the test on a machine without the Node.js that the oracle needs."""
    node_packages.require_node(OLDEST_NODE)


def install() -> None:
    """Install what the lock file names, unless that has been done."""
    node_packages.install(HERE, FILES, INSTALLED)


def ask(cases: Iterable[Case]) -> list[Answer]:
    """Return the oracle's answers, in order."""
    asked = list(cases)
    questions = "".join(json.dumps(_simulation(case)) + "\n" for case in asked)
    command = ["node", str(INSTALLED / "simulate.mjs")]
    done = subprocess.run(command, input=questions, capture_output=True, text=True, check=True, timeout=120)
    return [_answer(case, json.loads(line)) for case, line in zip(asked, done.stdout.splitlines(), strict=True)]


def _answer(case: Case, said: dict[str, Any]) -> Answer:
    refusal = said.get("error") or ", ".join(f"ignores {key}" for key in said.get("ignored", []))
    if refusal:
        return Answer({}, refusal)
    kinds = ("combined",) if case.combined else ("identity", "endpoint", "resource")
    return Answer({kind: DECISIONS[said[kind]] for kind in kinds if getattr(case, kind)})


def _simulation(case: Case) -> dict[str, Any]:
    request = case.request
    simulation: dict[str, Any] = {
        "request": {
            "principal": request.principal.arn or request.principal.service,
            "action": request.action,
            "resource": {"resource": request.resource, "accountId": "123456789012"},
            "contextVariables": {
                key: list(values) if key in MULTIVALUED_KEYS or len(values) != 1 else values[0]
                for key, values in request.context.items()
            },
        },
        "identityPolicies": [{"name": str(n), "policy": policy} for n, policy in enumerate(case.identity)],
        "serviceControlPolicies": [],
        "resourceControlPolicies": [],
    }
    if case.endpoint:
        simulation["vpcEndpointPolicies"] = [{"name": "endpoint", "policy": case.endpoint}]
    if case.resource:
        simulation["resourcePolicy"] = case.resource
    if case.boundary:
        simulation["permissionBoundaryPolicies"] = [{"name": "boundary", "policy": case.boundary}]
    if case.session:
        simulation["sessionPolicy"] = case.session
    return simulation
