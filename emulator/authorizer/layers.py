# SPDX-License-Identifier: GPL-3.0-or-later
"""What each kind of policy says to a request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from emulator.authorizer import documents
from emulator.authorizer.combination import Kind, Relation
from emulator.authorizer.identities import Identity
from emulator.authorizer.network import Endpoint
from emulator.authorizer.policy import Decision, Request

# "No permissions are required to perform this operation", even with an explicit deny: AWS STS API Reference,
# GetCallerIdentity. The policy of an endpoint holds for it, too.
FREE_ACTION = "sts:GetCallerIdentity"


@dataclass(frozen=True)
class Question:
    """A request with every policy that may matter; nothing where one does not apply.

    `identity` is that of the caller, `resource_policy` that of the resource; `session_policies` limit the session.
    """

    request: Request
    relation: Relation
    understood: bool = True
    endpoint: Endpoint | None = None
    identity: Identity | None = None
    session_policies: tuple[str, ...] = ()
    resource_policy: str | None = None
    resource_known: bool = True


@dataclass(frozen=True)
class Layer:
    """One kind of policy; `decide` returns nothing where it does not apply."""

    kind: Kind
    decide: Callable[[Question], Decision | None]


def endpoint_policy(question: Question) -> Decision | None:
    """Judge by the policy of the endpoint on the way."""
    if question.endpoint is None:
        return None
    document = documents.read(question.endpoint.policy, on_gateway_endpoint=not question.endpoint.interface)
    return documents.decide([document], question.request, understood=question.understood)


def resource_policy(question: Question) -> Decision | None:
    """Judge by the policy of the resource; a key or role that is not there has none that could allow."""
    if question.resource_policy is None:
        needed = question.relation.resource_decides or not question.relation.same_account
        return Decision.IMPLICITLY_DENIED if needed and question.resource_known else None
    document = documents.read(question.resource_policy)
    return documents.decide([document], question.request, understood=question.understood)


def identity_policies(question: Question) -> Decision | None:
    """Judge by what is attached to the caller."""
    if question.identity is None or question.request.action == FREE_ACTION:
        return None
    found = [documents.read(text) for text in question.identity.policies]
    return documents.decide(found, question.request, understood=question.understood)


def permissions_boundary(question: Question) -> Decision | None:
    """Judge by the caller's boundary."""
    if question.identity is None or question.identity.boundary is None or question.request.action == FREE_ACTION:
        return None
    return documents.decide(
        [documents.read(question.identity.boundary)], question.request, understood=question.understood
    )


def session_policies(question: Question) -> Decision | None:
    """Judge by what AssumeRole was given to limit the session."""
    if not question.session_policies or question.request.action == FREE_ACTION:
        return None
    found = [documents.read(text) for text in question.session_policies]
    return documents.decide(found, question.request, understood=question.understood)
