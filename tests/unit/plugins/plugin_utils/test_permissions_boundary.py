# SPDX-License-Identifier: GPL-3.0-or-later
"""The most that roles may do."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._endpoint_policies import PolicyProblem
from ansible_collections.palisade.ecs.plugins.plugin_utils._permissions_boundary import (
    beyond_boundary,
    permissions_boundary,
)

TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop"
VIA = {"StringEquals": {"kms:ViaService": "dynamodb.eu-central-1.amazonaws.com"}}


def statement(sid: str, action: Any, resource: Any = TABLE, **elements: Any) -> dict[str, Any]:
    return {"Sid": sid, "Effect": "Allow", "Action": action, "Resource": resource, **elements}


def document(*statements: dict[str, Any]) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements)}


READ = statement("Read", ["dynamodb:GetItem", "dynamodb:Query"])
LOGS = statement("Logs", "logs:PutLogEvents", "arn:aws:logs:*:*:log-group:/ecs/shop:*")


def test_boundary_is_the_statements_of_all_and_of_the_user() -> None:
    user = statement("Orders", "sqs:SendMessage", "arn:aws:sqs:eu-central-1:123456789012:orders")
    assert permissions_boundary([document(READ), document(LOGS)], [user]) == document(READ, LOGS, user)


def test_what_another_statement_allows_is_not_said_again() -> None:
    named = {"StringEquals": {**VIA["StringEquals"], "kms:EncryptionContext:aws:dynamodb:tableName": "shop"}}
    narrow, wide = (statement(sid, "kms:Decrypt", "*", Condition=tests) for sid, tests in (("A", named), ("B", VIA)))
    direct = statement("C", "kms:Decrypt", "*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})
    assert permissions_boundary([document(narrow), document(wide, direct)], []) == document(wide, direct)
    assert permissions_boundary([document(READ), document({**READ, "Sid": "Again"})], []) == document(
        {**READ, "Sid": "Again"}
    )


@pytest.mark.parametrize(
    ("user", "message"),
    [
        ([statement("Read", "dynamodb:Scan")], "security_boundary_statements has statement 1, which needs a Sid"),
        ([statement("Orders", [])], "security_boundary_statements has statement 1, which needs Action"),
        ([{**READ, "Sid": "Big", "Resource": [f"{TABLE}{number}" for number in range(200)]}], "but IAM takes 6144"),
    ],
)
def test_what_iam_would_not_take_is_refused(user: list[Any], message: str) -> None:
    with pytest.raises(PolicyProblem, match=message):
        permissions_boundary([document(READ)], user)


@pytest.mark.parametrize(
    "within",
    [
        statement("A", "dynamodb:GetItem"),
        statement("A", "DynamoDB:getitem"),
        statement("A", "logs:PutLogEvents", "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/shop:x"),
        {**statement("A", "iam:CreateUser", "*"), "Effect": "Deny"},
    ],
)
def test_what_the_boundary_allows_is_within(within: dict[str, Any]) -> None:
    assert beyond_boundary([within], document(READ, LOGS)) == []


@pytest.mark.parametrize(
    ("beyond", "named"),
    [
        (statement("A", ["dynamodb:GetItem", "dynamodb:Scan"]), f"A: dynamodb:scan on {TABLE}"),
        (statement("A", "dynamodb:*"), f"A: dynamodb:* on {TABLE}"),
        (statement("A", "dynamodb:GetItem", [TABLE, f"{TABLE}/index/*"]), f"A: dynamodb:getitem on {TABLE}/index/*"),
        (statement("A", "dynamodb:GetItem", "*"), "A: dynamodb:getitem on *"),
        (statement("A", "logs:PutLogEvents"), f"A: logs:putlogevents on {TABLE}"),
    ],
)
def test_what_it_does_not_allow_is_named(beyond: dict[str, Any], named: str) -> None:
    assert beyond_boundary([beyond], document(READ, LOGS)) == [named]


@pytest.mark.parametrize(
    ("condition", "found"),
    [
        ({}, 1),
        (VIA, 0),
        ({**VIA, "Bool": {"aws:SecureTransport": "true"}}, 0),
        ({"StringEquals": {"kms:ViaService": ["s3.eu-central-1.amazonaws.com"]}}, 1),
        ({"StringLike": VIA["StringEquals"]}, 1),
    ],
)
def test_condition_of_the_boundary_has_to_be_that_of_the_statement(condition: dict[str, Any], found: int) -> None:
    boundary = document(statement("Key", "kms:Decrypt", "*", Condition=VIA))
    assert len(beyond_boundary([statement("A", "kms:Decrypt", Condition=condition)], boundary)) == found


def test_condition_of_the_boundary_on_every_request_is_taken_for_met() -> None:
    only_here = {"StringEquals": {"aws:RequestedRegion": "eu-central-1"}}
    assert beyond_boundary([READ], document(statement("All", "*", "*", Condition=only_here))) == []


def test_what_the_boundary_denies_without_condition_is_beyond() -> None:
    everything, denied = statement("All", "*", "*"), {**statement("No", "dynamodb:*"), "Effect": "Deny"}
    assert beyond_boundary([statement("A", "dynamodb:GetItem")], document(everything, denied)) == [
        f"A: dynamodb:getitem on {TABLE}"
    ]
    at_times = {**denied, "Condition": {"Bool": {"aws:MultiFactorAuthPresent": "false"}}}
    assert beyond_boundary([statement("A", "dynamodb:GetItem")], document(everything, at_times)) == []
