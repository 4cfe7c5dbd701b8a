# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that are attached to a resource."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import (
    PolicyError,
    differ,
    parse,
    pretty,
)

ROOT = "arn:aws:iam::123456789012:root"


def statement(**elements: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": "*", "Action": "s3:GetObject", "Resource": "*", **elements}


def policy(*statements: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **elements}


def on_condition(operator: str, **tests: Any) -> dict[str, Any]:
    return policy(statement(Condition={operator: {key.replace("_", ":"): value for key, value in tests.items()}}))


READ = statement(Sid="Read")
WRITE = statement(Sid="Write", Action=["s3:PutObject", "s3:DeleteObject"])


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(policy(READ, WRITE), policy(WRITE, READ), id="order of statements"),
        pytest.param(
            policy(WRITE), policy({**WRITE, "Action": ["s3:DeleteObject", "s3:PutObject"]}), id="order of actions"
        ),
        pytest.param(policy(READ), policy({**READ, "Action": ["s3:GetObject"]}), id="string and list of one"),
        pytest.param(policy(READ), {"Version": "2012-10-17", "Statement": READ}, id="statement and list of one"),
        pytest.param(
            policy(statement(Principal={"AWS": "123456789012"})),
            policy(statement(Principal={"AWS": ROOT})),
            id="account and its root",
        ),
        pytest.param(
            policy(statement(Principal={"AWS": ["123456789012"]})),
            policy(statement(Principal={"AWS": "arn:aws-cn:iam::123456789012:root"})),
            id="account and its root in China",
        ),
        pytest.param(policy(statement()), policy(statement(Principal={"AWS": "*"})), id="everybody"),
        pytest.param(
            on_condition("ArnEquals", aws_PrincipalArn="a"),
            on_condition("ArnEquals", AWS_principalarn=["a"]),
            id="condition keys",
        ),
        pytest.param(
            on_condition("Bool", aws_SecureTransport=True),
            on_condition("Bool", aws_SecureTransport="true"),
            id="booleans",
        ),
        pytest.param(
            {"Statement": [READ]}, {"Version": "2008-10-17", "Statement": [READ]}, id="version is the older one"
        ),
    ],
)
def test_spelling_makes_no_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert not differ(one, other)
    assert not differ(other, one)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        pytest.param(policy(READ), policy(READ, WRITE), id="one statement more"),
        pytest.param(policy(READ), policy({**READ, "Effect": "Deny"}), id="effect"),
        pytest.param(policy(READ), policy(READ, Version="2008-10-17"), id="version"),
        pytest.param(policy(READ), policy({**READ, "Resource": "arn:aws:s3:::bucket/*"}), id="resource"),
        pytest.param(policy(READ), policy({**READ, "Condition": {"Null": {"aws:a": "true"}}}), id="condition"),
        pytest.param(
            on_condition("ArnEquals", aws_PrincipalArn=ROOT),
            on_condition("ArnEquals", aws_PrincipalArn="123456789012"),
            id="account and root in a condition",
        ),
        pytest.param(
            on_condition("NumericLessThan", a_b=1.5), on_condition("NumericLessThan", a_b=2.5), id="fractions"
        ),
        pytest.param(
            on_condition("StringEquals", a_B="x"), on_condition("StringEquals", a_B="X"), id="case of a value"
        ),
        pytest.param(
            on_condition("StringEquals", a_B="x", a_b="y"),
            on_condition("StringEquals", a_b="y"),
            id="one key in two spellings",
        ),
    ],
)
def test_meaning_makes_a_difference(one: dict[str, Any], other: dict[str, Any]) -> None:
    assert differ(one, other)
    assert differ(other, one)


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("{", "not valid JSON"),
        ("[]", "it is not an object"),
        ("{}", "it has no Statement"),
        ('{"Statement": []}', "it has no Statement"),
        ('{"Statement": ["x"]}', "statement 1 is not an object"),
        ('{"Statement": [], "Statement": []}', "Statement appears more than once"),
        (json.dumps(policy(READ, Version="2012-10-18")), "Version is none of"),
        (json.dumps(policy(READ, Statements=[])), "unknown element Statements"),
        (json.dumps(policy(READ, statement(Effect="allow"))), "statement 2 needs the Effect"),
        (json.dumps(policy(statement(Conditon={}))), "unknown element Conditon"),
        (json.dumps(policy(statement(Action=[]))), "needs either Action or NotAction"),
        (json.dumps(policy(statement(NotPrincipal="*"))), "needs either Principal or NotPrincipal"),
        (json.dumps(policy(statement(Condition={"StringEquals": "x"}))), "needs a Condition of the form"),
    ],
)
def test_malformed_policy_is_refused(text: str, complaint: str) -> None:
    with pytest.raises(PolicyError, match=complaint):
        parse(text)


def test_every_problem_is_named_at_once() -> None:
    with pytest.raises(PolicyError, match=r"statement 1 needs the Effect.*; statement 2 needs either Action"):
        parse(json.dumps(policy(statement(Effect=None), statement(Action=""))))


def test_principal_may_be_missing_because_the_kind_of_policy_decides() -> None:
    without = {key: value for key, value in statement().items() if key != "Principal"}
    assert parse(json.dumps(policy(without))) == policy(without)


def test_pretty_policies_compare_line_by_line() -> None:
    assert pretty(policy(READ)) == pretty(dict(reversed(policy(READ).items())))
    assert pretty({}) == ""
