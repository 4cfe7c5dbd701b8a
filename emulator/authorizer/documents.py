# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies as services store them: read once for many requests."""

from __future__ import annotations

import functools
import json
import logging
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from emulator.authorizer import policy
from emulator.authorizer.policy import Decision, Grant, Request

LOG = logging.getLogger(__name__)


@dataclass(frozen=True)
class Document:
    """A policy, ready to be asked; `problem` says why one cannot be judged, which then denies."""

    statements: tuple[policy.Statement, ...] = ()
    written: tuple[dict[str, Any], ...] = ()
    problem: str = ""


@functools.lru_cache(maxsize=1024)
def read(text: str, *, on_gateway_endpoint: bool = False) -> Document:
    """Read a policy, once for many requests."""
    try:
        written = json.loads(text)
        found = policy.statements(written, on_gateway_endpoint=on_gateway_endpoint)
    except (AttributeError, ValueError) as error:
        return Document(problem=f"{error}: {text}")
    listed = written["Statement"] if isinstance(written["Statement"], list) else [written["Statement"]]
    return Document(tuple(found), tuple(listed))


def decide(documents: Iterable[Document], request: Request, *, understood: bool = True) -> Decision:
    """Return what documents say together.

    What cannot be judged may hold a Deny, so it denies. A request that is not fully understood passes only where
    nothing hangs on what is not known: a Deny or a condition on the request, which might apply or not.
    """
    found = tuple(documents)
    for document in found:
        if document.problem:
            LOG.error("a policy cannot be judged, so it denies: %s", document.problem)
            return Decision.EXPLICITLY_DENIED
    decision = policy.verdict((one for document in found for one in document.statements), request)
    if understood or decision is Decision.EXPLICITLY_DENIED:
        return decision
    return _cautious(decision, [one for document in found for one in document.written], request.action)


def _cautious(decision: Decision, written: list[dict[str, Any]], action: str) -> Decision:
    concerning = [statement for statement in written if _concerns(statement, action.partition(":")[0])]
    if any(statement["Effect"] == "Deny" for statement in concerning):
        return Decision.EXPLICITLY_DENIED
    keys = {key for statement in concerning for tests in statement.get("Condition", {}).values() for key in tests}
    return decision if all(key.lower().startswith("aws:") for key in keys) else Decision.IMPLICITLY_DENIED


def grant(document: Document, request: Request) -> Grant:
    """Return how a resource's policy names who asks, if it allows."""
    return policy.grant(document.statements, request)


def _concerns(statement: dict[str, Any], service: str) -> bool:
    """Tell whether a statement may be about a service's actions."""
    actions = statement.get("Action", "*")
    listed = actions if isinstance(actions, list) else [actions]
    prefixes = {str(action).lower().partition(":")[0] for action in listed}
    return service.lower() in prefixes or any("*" in prefix or "?" in prefix for prefix in prefixes)
