# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""The permissions boundary of a stack's roles: pure functions over IAM documents.

A boundary grants nothing; it is the most that the policies of a role can grant:
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_boundaries.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._policy_patterns import is_about_all
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import listed
from ansible_collections.palisade.ecs.plugins.plugin_utils._endpoint_policies import (
    Document,
    PolicyProblem,
    Statement,
    with_statements,
)

# Characters of a managed policy, white space not counted:
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LONGEST = 6144


def permissions_boundary(policies: Sequence[Document], statements: Sequence[Any]) -> Document:
    """Return the boundary: what the policies of all roles allow, said once, and statements that a user adds.

    Raises PolicyProblem naming the statement that IAM could not take, or saying by how much the document is too long.
    """
    union = {
        "Version": "2012-10-17",
        "Statement": _said_once([one for found in policies for one in found["Statement"]]),
    }
    boundary = with_statements(union, statements, "security_boundary_statements")
    size = len(json.dumps(boundary, separators=(",", ":")))
    if size > LONGEST:
        raise PolicyProblem(
            f"the permissions boundary has {size} characters, but IAM takes {LONGEST}. Make "
            "security_boundary_statements shorter, or set security_permissions_boundary_arn to a boundary of your own."
        )
    return boundary


def _said_once(statements: Sequence[Statement]) -> list[Statement]:
    """Leave out what others allow as well: such a statement could be taken away or widened without any effect."""
    kept = list(statements)
    for statement in statements:
        others = [one for one in kept if one is not statement]
        if statement["Effect"] == "Allow" and all(
            _allowed(action, resource, _tests(statement), others) for action, resource in _permissions(statement)
        ):
            kept = others
    return kept


def _allowed(action: str, resource: str, met: set[tuple[str, str, str]], statements: Sequence[Statement]) -> bool:
    """Tell whether statements allow an action on a resource if certain tests of their conditions are met."""
    return any(
        one["Effect"] == "Allow" and is_about_all(one, action, resource) and _tests(one) <= met for one in statements
    )


def beyond_boundary(statements: Sequence[Statement], boundary: Document) -> list[str]:
    """Return what statements allow and a boundary keeps from having an effect, as "Sid: action on resource".

    A condition of the boundary on a key of a service counts as met only if the statement has it, too. One on a global
    key, such as aws:RequestedRegion, is met by some requests and not by others, which is not for us to know.
    """
    return [
        f"{statement.get('Sid', 'a statement')}: {action} on {resource}"
        for statement in statements
        if statement["Effect"] == "Allow"
        for action, resource in _permissions(statement)
        if not _within(statement, action, resource, listed(boundary["Statement"]))
    ]


def _permissions(statement: Statement) -> Iterator[tuple[str, str]]:
    for action in listed(statement["Action"]):
        yield from ((str(action).lower(), str(resource)) for resource in listed(statement["Resource"]))


def _within(statement: Statement, action: str, resource: str, boundary: Sequence[Statement]) -> bool:
    about = [one for one in boundary if is_about_all(one, action, resource)]
    if any(one["Effect"] == "Deny" and not one.get("Condition") for one in about):
        return False
    met = {
        test for one in (statement, *about) for test in _tests(one) if one is statement or test[1].startswith("aws:")
    }
    return _allowed(action, resource, met, about)


def _tests(statement: Statement) -> set[tuple[str, str, str]]:
    """Return the tests of a statement's condition, each with its operator, key and values."""
    condition: Mapping[str, Mapping[str, Any]] = statement.get("Condition") or {}
    return {
        (operator.lower(), key.lower(), json.dumps(sorted(map(str, listed(values)))))
        for operator, pairs in condition.items()
        for key, values in pairs.items()
    }
