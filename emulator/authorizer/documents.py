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

    @property
    def pairs(self) -> Iterable[tuple[policy.Statement, dict[str, Any]]]:
        """Each statement as it is asked and as it is written."""
        return zip(self.statements, self.written, strict=True)


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
    nothing hangs on what is not known: a Deny that might apply, or a condition on what is called.
    """
    found = tuple(documents)
    for document in found:
        if document.problem:
            LOG.error("a policy cannot be judged, so it denies: %s", document.problem)
            return Decision.EXPLICITLY_DENIED
    decision = policy.verdict((one for document in found for one in document.statements), request)
    if understood or decision is Decision.EXPLICITLY_DENIED:
        return decision
    return _cautious(decision, [pair for document in found for pair in document.pairs], request)


def _cautious(decision: Decision, pairs: list[tuple[policy.Statement, dict[str, Any]]], request: Request) -> Decision:
    concerning = [pair for pair in pairs if _concerns(pair[1], request.action.partition(":")[0])]
    if any(not statement.allows and _may_apply(statement, written, request) for statement, written in concerning):
        return Decision.EXPLICITLY_DENIED
    keys = {condition.key for statement, _ in concerning if statement.allows for condition in statement.conditions}
    return decision if all(map(_is_known, keys)) else Decision.IMPLICITLY_DENIED


def _may_apply(statement: policy.Statement, written: dict[str, Any], request: Request) -> bool:
    """Tell whether a statement might be about what is not known: not if it asks for another caller or another way."""
    if statement.names_principal is not None and not statement.names_principal(request.principal):
        return False
    has_variables = "${" in json.dumps(written.get("Condition", {}))
    known = (condition for condition in statement.conditions if _is_known(condition.key))
    return has_variables or all(condition.holds(request.context) for condition in known)


def _is_known(key: str) -> bool:
    """Tell whether a condition key follows from who calls, from where and when, and not from what is called."""
    return key.startswith("aws:") and not key.startswith(("aws:resource", "aws:requesttag/", "aws:tagkeys"))


def grant(document: Document, request: Request) -> Grant:
    """Return how a resource's policy names who asks, if it allows."""
    return policy.grant(document.statements, request)


def _concerns(statement: dict[str, Any], service: str) -> bool:
    """Tell whether a statement may be about a service's actions."""
    actions = statement.get("Action", "*")
    listed = actions if isinstance(actions, list) else [actions]
    prefixes = {str(action).lower().partition(":")[0] for action in listed}
    return service.lower() in prefixes or any("*" in prefix or "?" in prefix for prefix in prefixes)
