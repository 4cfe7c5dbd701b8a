# SPDX-License-Identifier: GPL-3.0-or-later
"""Ask the authorizer of a deployed stack, and know what it has to say."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from tests.e2e.site import Site
from tests.probes.rights import OF_KEYS, OF_ROLES, OF_THE_BOUNDARY, OF_TRUST, Right
from tests.probes.situations import PURPOSES, SERVICES, Question
from tests.probes.universe import KEYS_OF_THE_STACK

IDENTITY, BOUNDARY, RESOURCE = "identity-based policy", "permissions boundary", "resource-based policy"
AT_ONCE = 2000
ALLOWED = "allowed"


@dataclass(frozen=True)
class Stack:
    """A deployed stack that is asked; `resources` are the ARNs of all things by name.

    What is asked of DynamoDB comes through its endpoint: the policy of the table lets nobody else reach items.
    """

    site: Site
    resources: Mapping[str, str]
    endpoint_id: str

    def answers(self, questions: Iterable[Question]) -> Iterator[tuple[Question, dict[str, Any]]]:
        """Return every question with its answer."""
        for some in _batches(questions):
            found = self.site.ask("questions", [self._asked(question) for question in some])
            yield from zip(some, found, strict=True)

    def _asked(self, question: Question) -> dict[str, Any]:
        asked = question.asked(self.resources)
        if question.action.startswith("dynamodb:"):
            asked["context"] |= {"aws:SourceVpce": [self.endpoint_id]}
        return asked


def _batches(questions: Iterable[Question]) -> Iterator[tuple[Question, ...]]:
    waiting: list[Question] = []
    for question in questions:
        waiting.append(question)
        if len(waiting) == AT_ONCE:
            yield tuple(waiting)
            waiting.clear()
    if waiting:
        yield tuple(waiting)


def rights_that_decide(question: Question) -> dict[str, Mapping[str, Right]]:
    """Return the rights by which each kind of policy judges a question, as far as the stack has a say."""
    found: dict[str, Mapping[str, Right]] = {}
    if question.asker in PURPOSES:
        found |= {IDENTITY: OF_ROLES[question.asker], BOUNDARY: OF_THE_BOUNDARY}
    key = next((key for key, name in KEYS_OF_THE_STACK.items() if name == question.resource), "")
    if key:
        found[RESOURCE] = OF_KEYS[key]
    if question.resource.endswith(" role"):
        found[RESOURCE] = OF_TRUST[question.resource.removeprefix("the ").removesuffix(" role")]
    return found


def wanted(question: Question) -> dict[str, bool]:
    """Return whether each kind of policy of the stack has to allow what is asked for."""
    return {
        kind: any(right.covers(question) for right in rights.values())
        for kind, rights in rights_that_decide(question).items()
    }


def wanted_together(question: Question) -> bool:
    """Return whether nothing may be against what is asked for; roles that are not the stack's have no policies here."""
    ours = question.asker in PURPOSES or question.asker in SERVICES
    return ours and all(wanted(question).values())


def said(question: Question, answer: Mapping[str, Any]) -> dict[str, bool]:
    """Return whether each kind of policy of the stack allows what was asked for."""
    return {kind: answer["opinions"].get(kind) == ALLOWED for kind in rights_that_decide(question)}
