# SPDX-License-Identifier: GPL-3.0-or-later
"""Requests and policies, the people in them, and short ways to write them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.authorizer import authorizer, policy
from emulator.authorizer.call import Need
from emulator.authorizer.combination import Relation
from emulator.authorizer.identities import Identity
from emulator.authorizer.layers import Question
from emulator.authorizer.network import Endpoint
from emulator.authorizer.policy import Decision, Principal, Request

ACCOUNT, OTHER_ACCOUNT = "123456789012", "111122223333"
TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/shop-items"
TASK = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-task/ecs-1", ACCOUNT)
OTHER_TASK = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-other/ecs-1", ACCOUNT)
STRANGER = Principal(f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/shop-task/ecs-1", OTHER_ACCOUNT)
USER = Principal(f"arn:aws:iam::{ACCOUNT}:user/staff/ada", ACCOUNT)
ROOT_USER = Principal(f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
SERVICE = Principal("", "", "logs.amazonaws.com")
TEAM = "aws:principaltag/team"

Document = dict[str, Any]


@dataclass(frozen=True)
class Case:
    """Policies of an identity, of an interface endpoint and of a resource; each kind is judged by itself.

    Where they are `combined`, the boundary and the session's policy count as well, and so does how all add up.
    """

    name: str
    request: Request
    identity: tuple[Document, ...] = ()
    endpoint: Document | None = None
    resource: Document | None = None
    boundary: Document | None = None
    session: Document | None = None
    combined: bool = False

    @property
    def documents(self) -> list[Document]:
        """Return all policies."""
        rest = (self.endpoint, self.resource, self.boundary, self.session)
        return [*self.identity, *(document for document in rest if document)]

    def judged(self) -> dict[str, Decision]:
        """Return what our judge says: by kind of policy, or of all together."""
        if self.combined:
            return {"combined": self._combined()}
        decisions = {}
        if self.identity:
            decisions["identity"] = policy.evaluate_all(self.identity, self.request)
        if self.endpoint:
            decisions["endpoint"] = policy.evaluate(self.endpoint, self.request)
        if self.resource:
            decisions["resource"] = policy.evaluate(self.resource, self.request)
        return decisions

    def _combined(self) -> Decision:
        """Ask as the authorizer does, which knows the policies of this one principal and resource."""
        principal = self.request.principal
        texts = tuple(json.dumps(document) for document in self.identity)
        identity = Identity(principal.role_arn, texts, json.dumps(self.boundary) if self.boundary else None)
        question = Question(
            self.request,
            Relation(
                same_account=principal.account == ACCOUNT,
                resource_decides=authorizer._resource_decides(Need(self.request.action, self.request.resource), True),
            ),
            endpoint=Endpoint("vpce-1", "vpc-1", "any", json.dumps(self.endpoint), True) if self.endpoint else None,
            identity=None if principal.service else identity,
            session_policies=(json.dumps(self.session),) if self.session else (),
            resource_policy=json.dumps(self.resource) if self.resource else None,
        )
        denial = authorizer._denial(question, authorizer._opinions(question))
        return denial.decision if denial else Decision.ALLOWED

    def statements(self) -> list[Document]:
        """Return the statements of all policies."""
        found = []
        for document in self.documents:
            written = document["Statement"]
            found += written if isinstance(written, list) else [written]
        return found

    def conditions(self) -> list[tuple[str, str, list[Any]]]:
        """Return operator, key in lower case and values of every condition."""
        return [
            (operator, key.lower(), values if isinstance(values, list) else [values])
            for statement in self.statements()
            for operator, keys in statement.get("Condition", {}).items()
            for key, values in keys.items()
        ]


def allow(**elements: Any) -> Document:
    """Return a document that allows one thing."""
    statement = {"Effect": "Allow", "Action": "*", "Resource": "*", **elements}
    return {"Version": "2012-10-17", "Statement": [{k: v for k, v in statement.items() if v is not None}]}


def deny(**elements: Any) -> Document:
    """Return a document that allows all but one thing."""
    document = allow(**{"Principal": "*"} if elements.keys() & {"Principal", "NotPrincipal"} else {})
    document["Statement"] += allow(Effect="Deny", **elements)["Statement"]
    return document


def asked(
    action: str = "dynamodb:GetItem",
    resource: str = TABLE,
    principal: Principal = TASK,
    keys: Mapping[str, str | list[str]] | None = None,
) -> Request:
    """Return a request whose context has these keys, each with one value or a list of them."""
    context = {key.lower(): (value,) if isinstance(value, str) else tuple(value) for key, value in (keys or {}).items()}
    return Request(principal, action, resource, context)
