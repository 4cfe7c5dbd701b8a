# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases written by hand."""

from __future__ import annotations

from collections.abc import Iterator

from tests.oracle.case import (
    OTHER_TASK,
    ROOT_USER,
    SERVICE,
    STRANGER,
    TABLE,
    TASK,
    TEAM,
    USER,
    Case,
    allow,
    asked,
    deny,
)
from tests.oracle.tables import ACTIONS, CONDITIONS, NOT_PRINCIPALS, PRINCIPALS, RESOURCES

SUITING_ACTION = {"dynamodb": "dynamodb:GetItem", "s3": "s3:GetObject", "logs": "logs:PutLogEvents"}


def cases() -> Iterator[Case]:
    """Return every directed case."""
    yield from _of_conditions()
    yield from _of_resources()
    yield from _of_actions()
    yield from _of_principals()


def _of_conditions() -> Iterator[Case]:
    fixed = {"aws:principaltag/unit": "blue", "aws:principaltag/stars": "b*e"}
    for operator, key, written, values in CONDITIONS:
        for value in values:
            keys = fixed if value is None else {**fixed, key: value}
            if "TagKeys}" in str(written):
                keys = {**keys, "aws:tagkeys": ["a"]}
            condition = {operator: {key: written}}
            name = f"{operator} {key} {written} asked {value}"
            endpoint = allow(Principal="*", Condition=condition)
            yield Case(name, asked(keys=keys), identity=(allow(Condition=condition),), endpoint=endpoint)
            yield Case(f"{name}, Deny", asked(keys=keys), identity=(deny(Condition=condition),))


def _of_resources() -> Iterator[Case]:
    keys = {TEAM: "blue"}
    for written, resources in RESOURCES:
        for resource in resources:
            action = SUITING_ACTION[resource.split(":")[2]] if ":" in resource else "dynamodb:ListTables"
            request = asked(action, resource, keys=keys)
            name = f"resource {written} asked {resource}"
            yield Case(
                name,
                request,
                identity=(allow(Resource=written),),
                endpoint=allow(Principal="*", Resource=[written]),
                resource=allow(Principal="*", Resource=written),
            )
            yield Case(
                f"not {name}", request, identity=(allow(Resource=None, NotResource=[written, "arn:aws:sqs:::q"]),)
            )
            yield Case(f"{name}, Deny", request, identity=(deny(Resource=written),))


def _of_actions() -> Iterator[Case]:
    for written, actions in ACTIONS:
        for action in actions:
            resource = "arn:aws:s3:::shop/x" if action.startswith("s3") else TABLE
            request, name = asked(action, resource), f"action {written} asked {action}"
            yield Case(name, request, identity=(allow(Action=written),), endpoint=allow(Principal="*", Action=written))
            yield Case(f"not {name}", request, identity=(allow(Action=None, NotAction=written),))
            yield Case(f"not {name}, Deny", request, identity=(deny(Action=None, NotAction=written),))


def _of_principals() -> Iterator[Case]:
    everybody = (TASK, OTHER_TASK, STRANGER, USER, ROOT_USER, SERVICE)
    for principal in everybody:
        who = principal.arn or principal.service
        for written in PRINCIPALS:
            document = allow(Principal=written)
            yield Case(f"principal {written} is {who}", asked(principal=principal), resource=document)
            document = deny(Principal=written)
            yield Case(f"principal {written} is {who}, Deny", asked(principal=principal), resource=document)
        for written in NOT_PRINCIPALS:
            document = deny(NotPrincipal=written)
            yield Case(f"not principal {written} is {who}, Deny", asked(principal=principal), resource=document)
            document = allow(NotPrincipal=written)
            yield Case(f"not principal {written} is {who}", asked(principal=principal), resource=document)
