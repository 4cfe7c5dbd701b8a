# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Compile the policies of VPC endpoints from what roles may do: pure functions over IAM documents.

What goes through an endpoint is what some role of the stack is allowed to do, by that role and on the same resources,
and nothing else. So a permission is written once, in the document of the role that needs it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from fnmatch import fnmatchcase
from typing import Any

Document = Mapping[str, Any]
Statement = dict[str, Any]

# What is called through an endpoint: patterns of actions. A service that is not here has the prefix of its own name.
# ecr.dkr is the registry, which only hands out what a token from ecr.api has been given for:
# https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html
CALLED_THROUGH = {
    "ecr.api": ("ecr:*",),
    "ecr.dkr": ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer"),
    "monitoring": ("cloudwatch:*",),
}


class PolicyProblem(ValueError):
    """No policy can be compiled; the message says what is wrong and what to do."""


def with_statements(
    policy: Document, statements: Sequence[Any], variable: str = "security_task_statements"
) -> Document:
    """Return a document with the statements that a user adds by a variable.

    Raises PolicyProblem naming the statement that IAM or the compiler could not take.
    """
    taken = {statement.get("Sid") for statement in policy["Statement"]}
    for number, statement in enumerate(statements, start=1):
        name = f"{variable} has statement {number}, which"
        if not isinstance(statement, Mapping) or statement.get("Effect") not in ("Allow", "Deny"):
            raise PolicyProblem(f"{name} needs the Effect Allow or Deny.")
        if not re.fullmatch(r"[A-Za-z0-9]+", str(statement.get("Sid", ""))) or statement["Sid"] in taken:
            raise PolicyProblem(f"{name} needs a Sid of letters and digits that no other statement has.")
        if unknown := sorted(statement.keys() - {"Sid", "Effect", "Action", "Resource", "Condition"}):
            raise PolicyProblem(f"{name} has {unknown[0]}; expected Action, Resource and maybe a Condition.")
        if missing := [element for element in ("Action", "Resource") if not statement.get(element)]:
            raise PolicyProblem(f"{name} needs {missing[0]}: what it is about, by name.")
        taken.add(statement["Sid"])
    return {**policy, "Statement": [*policy["Statement"], *statements]}


def compile_policies(grants: Sequence[Mapping[str, Any]], services: Sequence[str]) -> dict[str, Document]:
    """Return the policy of each endpoint, by the short name of its service.

    A grant is a dictionary of `principal_arn` and `policy`, an IAM document of that role. Without `principal_arn` it is
    what AWS itself does through the endpoint on behalf of the stack, with principals that cannot be named.

    Raises PolicyProblem for a service that no grant uses, since a policy without statements denies everything,
    and for a document that cannot be divided among endpoints.
    """
    statements = [statement for grant in grants for statement in _statements(grant)]
    return {service: _policy(service, statements) for service in services}


def _policy(service: str, statements: Sequence[Statement]) -> Document:
    found = [part for statement in statements if (part := _part_for(service, statement))]
    if not found:
        raise PolicyProblem(
            f"no role may do anything through the endpoint for {service}. Say what the application calls there in "
            f"security_task_statements, or leave the endpoint out of the network."
        )
    return {"Version": "2012-10-17", "Statement": found}


def _part_for(service: str, statement: Statement) -> Statement | None:
    """Return what of a statement goes through the endpoint of a service."""
    patterns = CALLED_THROUGH.get(service, (f"{service}:*",))
    actions = [action for action in statement["Action"] if any(_matches(action, pattern) for pattern in patterns)]
    return {**statement, "Action": actions} if actions else None


def _matches(action: str, pattern: str) -> bool:
    return fnmatchcase(action.lower(), pattern.lower())


def _statements(grant: Mapping[str, Any]) -> Iterator[Statement]:
    """Return the allowing statements of a grant as an endpoint takes them; a role's denials hold without it."""
    principal = grant.get("principal_arn", "")
    for statement in _listed(grant["policy"]["Statement"]):
        if statement["Effect"] == "Allow" and not _called_by_a_service(statement):
            yield _statement(statement, principal)


def _called_by_a_service(statement: Document) -> bool:
    """Tell whether a key is used by way of another service only, which has a way of its own to it."""
    condition = statement.get("Condition", {})
    tests = [condition.get(operator, {}) for operator in ("StringEquals", "StringLike")]
    return any(key.lower() == "kms:viaservice" for pairs in tests for key in pairs)


def _statement(statement: Document, principal: str) -> Statement:
    name = statement.get("Sid", "without a Sid")
    if "Action" not in statement or "Resource" not in statement:
        raise PolicyProblem(f"statement {name} needs Action and Resource: what it excludes cannot be divided.")
    actions = _listed(statement["Action"])
    if unclear := [action for action in actions if "*" in action.partition(":")[0]]:
        raise PolicyProblem(f"statement {name} allows {unclear[0]}: name the service, as in dynamodb:GetItem.")
    compiled = {
        **{key: value for key, value in statement.items() if key in ("Sid", "Effect")},
        # A gateway endpoint takes no other: https://docs.aws.amazon.com/vpc/latest/privatelink/gateway-endpoints.html
        "Principal": "*",
        "Action": actions,
        "Resource": _listed(statement["Resource"]),
    }
    condition = _condition(statement.get("Condition", {}), principal)
    return {**compiled, "Condition": condition} if condition else compiled


def _condition(condition: Document, principal: str) -> Document:
    """Return the condition of a statement, and that the principal be the role that the statement belongs to."""
    if not principal:
        return condition
    arn_equals = condition.get("ArnEquals", {})
    if "aws:principalarn" in (key.lower() for key in arn_equals):
        raise PolicyProblem(f"a statement of {principal} has a condition on aws:PrincipalArn: leave it out.")
    return {**condition, "ArnEquals": {**arn_equals, "aws:PrincipalArn": principal}}


def _listed(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]
