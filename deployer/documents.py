# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies as IAM takes them: each within the limit of a managed policy, whatever the names of the stack."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from deployer.conditions import REQUEST_TAG, RESOURCE_TAG
from deployer.question import PLACEHOLDERS, Question
from deployer.statements import Statement, statements

# "Role, user and managed policy [...] 6,144 characters. IAM doesn't count white space":
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html
LIMIT = 6144
# The longest that a name may be, see plugins/plugin_utils/_stack_names.py.
LONGEST = {"partition": "aws-us-gov", "account": "123456789012", "region": "ap-southeast-1", "stack": "s" * 24}

Document = dict[str, Any]
# The stack that is recorded.
NAMES = {"partition": "aws"} | {name.strip("{}"): value for name, value in PLACEHOLDERS.items()}


class TooLongError(ValueError):
    """A statement alone is longer than a policy may be."""


def documents(questions: Iterable[Question]) -> list[Document]:
    """Return the policies that allow all questions, as few as the limit lets."""
    found: list[list[dict[str, Any]]] = [[]]
    for statement in _written(statements(questions)):
        if length([*found[-1], statement]) > LIMIT:
            found.append([])
        found[-1].append(statement)
        if length(found[-1]) > LIMIT:
            raise TooLongError(f"statement {statement['Sid']} alone has more than {LIMIT} characters")
    return [_document(one) for one in found if one]


def length(written: list[dict[str, Any]]) -> int:
    """Return how long a policy of some statements can become."""
    return len(json.dumps(fill(_document(written), LONGEST), separators=(",", ":")))


def fill(document: Document, names: Mapping[str, str]) -> Document:
    """Return a policy with names in place of the placeholders."""
    text = json.dumps(document)
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", value)
    filled: Document = json.loads(text)
    return filled


def _document(written: list[dict[str, Any]]) -> Document:
    return {"Version": "2012-10-17", "Statement": written}


def _written(found: list[Statement]) -> list[dict[str, Any]]:
    """Return the statements with names: the service, and what shows that a resource is the stack's."""
    names = [_name(one) for one in found]
    numbers = [names[: place + 1].count(name) for place, name in enumerate(names)]
    return [
        one.written(name if names.count(name) == 1 else f"{name}{number}")
        for one, name, number in zip(found, names, numbers, strict=True)
    ]


def _name(one: Statement) -> str:
    keys = {key for tests in one.condition.values() for key in tests}
    service = "".join(word.capitalize() for word in one.service.split("-"))
    if one.on_everything:
        how = "New" if REQUEST_TAG in keys else "Everywhere"
    elif RESOURCE_TAG in keys:
        how = "Untagged" if "Null" in one.condition else "ByTag"
    elif REQUEST_TAG in keys:
        how = "New"
    else:
        how = "ByName" if all("{stack}" in pattern for pattern in one.patterns) else "Others"
    return service + how
