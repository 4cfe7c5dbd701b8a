# SPDX-License-Identifier: GPL-3.0-or-later
"""Cases drawn at random from a seed: several statements of several policies, overlapping and contradicting."""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator
from typing import Any

from emulator.authorizer.policy import Request
from emulator.authorizer.request import MULTIVALUED_KEYS
from tests.oracle.case import (
    ACCOUNT,
    OTHER_ACCOUNT,
    OTHER_TASK,
    ROOT_USER,
    SERVICE,
    STRANGER,
    TABLE,
    TASK,
    USER,
    Case,
    Document,
)

SEED = 20260301
LOG_STREAM = f"arn:aws:logs:eu-west-1:{ACCOUNT}:log-group:/ecs/shop:log-stream:web/1"
KEY = f"arn:aws:kms:eu-west-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
REPOSITORY = f"arn:aws:ecr:eu-west-1:{ACCOUNT}:repository/shop/web"

CALLS = (
    ("dynamodb:GetItem", TABLE),
    ("dynamodb:PutItem", TABLE.replace("shop", "blue")),
    ("dynamodb:Query", f"{TABLE}/index/by-owner"),
    ("dynamodb:ListTables", "*"),
    ("s3:GetObject", "arn:aws:s3:::shop-logs/2026/03/blue.txt"),
    ("s3:PutObject", "arn:aws:s3:::shop-logs/a:b/c"),
    ("s3:ListBucket", "arn:aws:s3:::shop-logs"),
    ("ecr:BatchGetImage", REPOSITORY),
    ("ecr:GetAuthorizationToken", "*"),
    ("logs:PutLogEvents", LOG_STREAM),
    ("kms:Decrypt", KEY),
)
PRINCIPALS = (TASK, TASK, OTHER_TASK, STRANGER, USER, ROOT_USER, SERVICE)

# key: values of requests, values of policies; operators suit the first part of the name
KEYS: dict[str, tuple[str, tuple[Any, ...], tuple[Any, ...]]] = {
    "aws:PrincipalTag/team": (
        "String",
        ("blue", "Blue", "b*e", "green"),
        ("blue", "BLUE", "b*", "b?ue", "*", "${aws:PrincipalTag/unit}", "${aws:PrincipalTag/unit, 'green'}", "b${*}e"),
    ),
    "aws:PrincipalTag/unit": ("String", ("blue", "green", "web"), ("blue", "w?b", "${aws:PrincipalTag/team}*", "gr*n")),
    "aws:SourceVpce": ("String", ("vpce-0a1b2c3d", "vpce-0f0f0f0f"), ("vpce-0a1b2c3d", "vpce-0?1b*", "vpce-*")),
    "aws:MultiFactorAuthAge": ("Numeric", ("0", "299", "300", "300.5"), ("300", 300, "299.5", "-1", "1000")),
    "aws:CurrentTime": (
        "Date",
        ("2026-03-01T12:00:00Z", "2026-03-01T00:00:00Z", "2026-02-28T23:59:59.999Z"),
        ("2026-03-01", "2026-03-01T13:00:00+01:00", "2026-03-01T12:00:00Z", "2026-03"),
    ),
    "aws:EpochTime": ("Date", ("1772366400", "1772366401"), ("1772366400", "1772366399")),
    "aws:SecureTransport": ("Bool", ("true", "false"), ("true", "false", True, "True")),
    "aws:ViaAWSService": ("Bool", ("true", "false"), ("false", "${aws:SecureTransport, 'true'}")),
    "aws:PrincipalTag/code": ("Binary", ("QUJD", "QUJE"), ("QUJD", "QUJE")),
    "aws:SourceIp": (
        "Ip",
        ("203.0.113.9", "198.51.100.1", "2001:db8::1", "10.1.2.3"),
        ("203.0.113.0/24", "203.0.113.9", "2001:DB8::/32", "10.0.0.0/8", "198.51.100.0/31"),
    ),
    "aws:PrincipalArn": (
        "Arn",
        (TASK.role_arn, OTHER_TASK.role_arn, USER.arn),
        (TASK.role_arn, f"arn:aws:iam::{ACCOUNT}:role/*", "arn:aws:iam::*:user/*", f"arn:*:iam::{ACCOUNT}:*/shop-?ask"),
    ),
    "aws:SourceArn": (
        "Arn",
        ("arn:aws:s3:::shop-logs", f"arn:aws:sns:eu-west-1:{ACCOUNT}:alarms:1"),
        (
            "arn:aws:s3:::*",
            f"arn:aws:sns:*:{ACCOUNT}:alarms",
            f"arn:aws:sns:*:{ACCOUNT}:alarms*",
            "arn:aws:s3:::shop-????",
        ),
    ),
    "aws:TagKeys": ("String", (["a"], ["a", "b"], ["a", "c"], ["C"]), ("a", "b", "c", "?", "A")),
    "aws:CalledVia": ("String", (["ecs.amazonaws.com"], ["ecs.amazonaws.com", "kms.amazonaws.com"]), ("ecs*", "kms.*")),
}
OPERATORS = {
    "String": (
        *("StringEquals", "StringNotEquals", "StringEqualsIgnoreCase", "StringNotEqualsIgnoreCase"),
        *("StringLike", "StringNotLike"),
    ),
    "Numeric": tuple(f"Numeric{order}" for order in ("Equals", "NotEquals", "LessThan", "GreaterThanEquals")),
    "Date": tuple(f"Date{order}" for order in ("Equals", "NotEquals", "LessThanEquals", "GreaterThan")),
    "Bool": ("Bool",),
    "Binary": ("BinaryEquals",),
    "Ip": ("IpAddress", "NotIpAddress"),
    "Arn": ("ArnEquals", "ArnLike", "ArnNotEquals", "ArnNotLike", "StringLike", "StringNotEquals"),
}


def cases(count: int) -> Iterator[Case]:
    """Return cases, the same ones whenever it is called."""
    rng = random.Random(SEED)  # noqa: S311 -- reproducible, not secret
    for number in range(count):
        request = _request(rng)
        yield Case(
            f"generated {number}",
            request,
            identity=tuple(_document(rng, request) for _ in range(rng.choice((1, 1, 2)))),
            endpoint=_document(rng, request, lambda: {"Principal": "*"}) if rng.random() < 0.5 else None,
            resource=_document(rng, request, lambda: _principal(rng)) if rng.random() < 0.5 else None,
        )


def _request(rng: random.Random) -> Request:
    action, resource = rng.choice(CALLS)
    keys = rng.sample(list(KEYS), rng.randint(4, 9))
    context = {key.lower(): rng.choice(KEYS[key][1]) for key in keys}
    values = {key: tuple(value) if key in MULTIVALUED_KEYS else (value,) for key, value in context.items()}
    return Request(rng.choice(PRINCIPALS), action, resource, values)


def _document(rng: random.Random, request: Request, principal: Callable[[], Any] | None = None) -> Document:
    statements = [_statement(rng, request) for _ in range(rng.randint(1, 4))]
    for statement in statements if principal else []:
        statement.update(principal())
    version = rng.choice(("2008-10-17", None)) if rng.random() < 0.2 else "2012-10-17"
    if "${" in str(statements):
        version = "2012-10-17"
    written = statements[0] if len(statements) == 1 and rng.random() < 0.5 else statements
    return {**({"Version": version} if version else {}), "Statement": written}


def _statement(rng: random.Random, request: Request) -> Document:
    statement: Document = {"Effect": rng.choice(("Allow", "Allow", "Allow", "Deny"))}
    for element, draw in (("Action", _action), ("Resource", _resource)):
        excepts = rng.random() < 0.15
        drawn = [draw(rng, getattr(request, element.lower())) for _ in range(rng.choice((1, 1, 2, 3)))]
        if excepts:
            drawn = [text for text in drawn if text == "*" or element == "Action" or text.count(":") >= 5] or ["*"]
        statement[f"Not{element}" if excepts else element] = (
            drawn[0] if len(drawn) == 1 and rng.random() < 0.5 else drawn
        )
    conditions: dict[str, dict[str, Any]] = {}
    for _ in range(rng.choice((0, 1, 1, 2, 3))):
        operator, key, values = _condition(rng, request)
        conditions.setdefault(operator, {})[key] = values
    return {**statement, "Condition": conditions} if conditions else statement


def _action(rng: random.Random, asked_for: str) -> str:
    service, name = asked_for.split(":")
    chosen = rng.random()
    if chosen < 0.2:
        return rng.choice(("*", f"{service}:*"))
    if chosen < 0.4:
        return f"{service}:{_loosened(rng, name)}"
    if chosen < 0.5:
        return rng.choice((asked_for.upper(), asked_for.lower(), asked_for[:-1]))
    return asked_for if chosen < 0.85 else rng.choice(CALLS)[0]


def _resource(rng: random.Random, asked_for: str) -> str:
    chosen = rng.random()
    if chosen < 0.25 or (asked_for == "*" and chosen < 0.6):
        return "*"
    if asked_for == "*" or chosen < 0.4:
        return rng.choice([resource for _, resource in CALLS])
    if chosen < 0.6:
        return asked_for
    fields = asked_for.split(":", 5)
    if chosen < 0.7:
        return ":".join(fields[: rng.randint(3, 5)])
    if chosen < 0.75:
        return asked_for.replace("blue", "${aws:PrincipalTag/team}").replace("shop", "${aws:PrincipalTag/unit, 'shop'}")
    position = rng.choice((3, 4, 5, 5, 5))
    kind, separator, name = re.fullmatch(r"(?:([^/:]*)([/:]))?(.*)", fields[position]).groups("")
    fields[position] = kind + separator + _loosened(rng, name)
    return ":".join(fields)


def _loosened(rng: random.Random, text: str) -> str:
    """Return a text with wildcards, which most often still stands for what it was."""
    if len(text) < 2 or rng.random() < 0.2:
        return "*"
    start, end = sorted(rng.sample(range(len(text) + 1), 2))
    return rng.choice(
        (f"{text[:start]}*{text[end:]}", f"{text[:start]}?{text[start + 1 :]}", f"{text[:start]}*", f"*{text[end:]}")
    )


def _condition(rng: random.Random, request: Request) -> tuple[str, str, Any]:
    present = [key for key in KEYS if key.lower() in request.context]
    key = rng.choice(present if rng.random() < 0.75 else list(KEYS))
    if rng.random() < 0.08:
        return "Null", key, rng.choice(("true", "false", True))
    family, _, values = KEYS[key]
    operator = rng.choice(OPERATORS[family])
    needs_quantifier = key.lower() in MULTIVALUED_KEYS and rng.random() < 0.9
    if needs_quantifier or rng.random() < 0.1:
        operator = f"{rng.choice(('ForAllValues', 'ForAnyValue'))}:{operator}"
    if rng.random() < 0.2:
        operator += "IfExists"
    suiting = [value for value in values if "${*}" not in str(value) or "Like" in operator]
    written = [rng.choice(suiting) for _ in range(rng.choice((1, 1, 2, 3)))]
    return operator, rng.choice((key, key, key.upper())), written[0] if len(written) == 1 else written


def _principal(rng: random.Random) -> Document:
    names = (
        *("*", ACCOUNT, OTHER_ACCOUNT, f"arn:aws:iam::{ACCOUNT}:root", TASK.role_arn, TASK.arn, OTHER_TASK.role_arn),
        *(USER.arn, STRANGER.role_arn),
    )
    everyone, services = "*", {"Service": [SERVICE.service, "ecs.amazonaws.com"]}
    named = {"AWS": rng.sample(names, rng.randint(1, 3))}
    return {rng.choice(("Principal",) * 9 + ("NotPrincipal",)): rng.choice((everyone, services, *[named] * 4))}
