# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases in which several kinds of policies have to add up: every kind allows, is silent, denies, or says a lot."""

from __future__ import annotations

import itertools
import random
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from emulator.authorizer.policy import Principal, Request
from tests.oracle import generated
from tests.oracle.case import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_TASK,
    SERVICE,
    STRANGER,
    TABLE,
    TASK,
    USER,
    Case,
    Document,
)

SEED = 20260302
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop-deploy"
CALLS = (
    ("dynamodb:GetItem", TABLE),
    ("s3:GetObject", "arn:aws:s3:::shop-logs/blue.txt"),
    ("sqs:SendMessage", f"arn:aws:sqs:eu-west-1:{ACCOUNT}:orders"),
    ("secretsmanager:GetSecretValue", f"arn:aws:secretsmanager:eu-west-1:{ACCOUNT}:secret:shop-AbCdEf"),
    ("kms:Decrypt", generated.KEY),
    ("sts:AssumeRole", ROLE),
)
# Nothing can be attached to a root user.
PRINCIPALS = (TASK, OTHER_TASK, STRANGER, USER)
NAMED: Mapping[str, Any] = {
    "everyone": "*",
    "the account": {"AWS": f"arn:aws:iam::{ACCOUNT}:root"},
    "another account": {"AWS": OTHER_ACCOUNT},
    "the role": {"AWS": TASK.role_arn},
    "the session": {"AWS": TASK.arn},
    "the user": {"AWS": USER.arn},
    "the stranger": {"AWS": STRANGER.role_arn},
    "account and role": {"AWS": [ACCOUNT, TASK.role_arn]},
    "a service": {"Service": SERVICE.service},
}
SAYINGS = ("nothing", "allows", "is silent", "denies")


def cases(count: int) -> Iterator[Case]:
    """Return every plain combination of a few requests, and some that say more; the same ones whenever called."""
    yield from _plain()
    yield from _of_services()
    yield from _rich(count)


def _plain() -> Iterator[Case]:
    """Combine what identity, boundary and resource say, for every way in which the resource names somebody."""
    for (action, resource), principal, (who, named) in itertools.product(CALLS, PRINCIPALS, NAMED.items()):
        request = Request(principal, action, resource)
        for identity, boundary, saying in itertools.product(SAYINGS, SAYINGS, SAYINGS[1:]):
            policy = _saying(saying, request, Principal=named)
            yield Case(
                f"{principal.arn} {action}: identity {identity}, boundary {boundary}, resource {saying} to {who}",
                request,
                identity=tuple(filter(None, [_saying(identity, request)])),
                boundary=_saying(boundary, request),
                resource=_of_role(policy) if action == "sts:AssumeRole" else policy,
                combined=True,
            )


def _of_services() -> Iterator[Case]:
    for (action, resource), (who, named), saying in itertools.product(CALLS, NAMED.items(), SAYINGS[1:]):
        request = Request(SERVICE, action, resource)
        policy = _saying(saying, request, Principal=named)
        found = _of_role(policy) if action == "sts:AssumeRole" else policy
        yield Case(f"a service {action}: resource {saying} to {who}", request, resource=found, combined=True)


def _rich(count: int) -> Iterator[Case]:
    rng = random.Random(SEED)  # noqa: S311 -- reproducible, not secret
    for number in range(count):
        request = _request(rng)
        trusting = request.action == "sts:AssumeRole"
        resource = _document(rng, request, lambda: {"Principal": rng.choice([*NAMED.values()])})
        limits = [_document(rng, request) if rng.random() < 0.4 else None for _ in range(2)]
        yield Case(
            f"combined {number}",
            request,
            identity=tuple(filter(None, [_document(rng, request) for _ in range(rng.choice((1, 1, 2)))])),
            boundary=limits[0],
            session=limits[1] if request.principal in {TASK, OTHER_TASK, STRANGER} else None,
            endpoint=_document(rng, request, lambda: {"Principal": "*"}) if rng.random() < 0.4 else None,
            resource=_of_role(resource) if trusting else resource if rng.random() < 0.8 else None,
            combined=True,
        )


def _request(rng: random.Random) -> Request:
    action, resource = rng.choice(CALLS)
    context: dict[str, tuple[str, ...]] = {}
    if rng.random() < 0.5:
        context = {"aws:principaltag/team": (rng.choice(("blue", "green")),)}
    principal: Principal = rng.choice(PRINCIPALS)
    return Request(principal, action, resource, context)


def _document(rng: random.Random, request: Request, principal: Callable[[], Any] | None = None) -> Document:
    """Return a policy that more often allows than not, under conditions that hold or do not."""
    statements = []
    for _ in range(rng.randint(1, 3)):
        effect = "Deny" if rng.random() < 0.12 else "Allow"
        action = rng.choice((request.action, request.action, "*", f"{request.action.partition(':')[0]}:*", "ec2:Run*"))
        statement = {"Effect": effect, "Action": action, "Resource": rng.choice((request.resource, "*"))}
        if rng.random() < 0.3:
            operator = rng.choice(("StringEquals", "StringNotEquals", "StringEqualsIfExists"))
            statement["Condition"] = {operator: {"aws:PrincipalTag/team": "blue"}}
        statements.append({**statement, **(principal() if principal else {})})
    return {"Version": "2012-10-17", "Statement": statements}


def _saying(saying: str, request: Request, **elements: Any) -> Document | None:
    if saying == "nothing":
        return None
    statement = {"Effect": "Allow", "Action": request.action, "Resource": request.resource, **elements}
    if saying == "is silent":
        statement["Action"] = "ec2:DescribeVpcs"
    statements = [statement, {**statement, "Effect": "Deny"}] if saying == "denies" else [statement]
    return {"Version": "2012-10-17", "Statement": statements}


def _of_role(policy: Document | None) -> Document | None:
    """Return a trust policy, which has no Resource."""
    if policy is None:
        return None
    without = [{key: value for key, value in one.items() if key != "Resource"} for one in policy["Statement"]]
    return {**policy, "Statement": without}
