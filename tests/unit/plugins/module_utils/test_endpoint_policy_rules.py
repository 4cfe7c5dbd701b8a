# SPDX-License-Identifier: GPL-3.0-or-later
"""What AWS takes in the policy of any VPC endpoint."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _endpoint_policy_rules as rules
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import PolicyError, compact
from ansible_collections.palisade.ecs.tests.unit.plugins.module_utils.endpoint_policies import (
    DENY_ONLY,
    Policy,
    policy,
    statement,
    with_test,
)

PRINCIPAL_ACCOUNT = "aws:PrincipalAccount"


def test_statement_without_principal_is_named() -> None:
    found = list(rules.principals_are_named(policy(statement(), statement(Principal=None))))
    assert [problem.split(",")[0] for problem in found] == ["statement 2 has no Principal"]
    assert rules.CONSIDERATIONS in found[0]


def test_not_principal_goes_with_deny_only() -> None:
    others: dict[str, Any] = {"Principal": None, "NotPrincipal": {"AWS": "123456789012"}}
    assert not list(rules.principals_are_named(policy(statement(**others, Effect="Deny"))))
    (found,) = rules.principals_are_named(policy(statement(**others)))
    assert "statement 1 allows by NotPrincipal" in found
    assert rules.NOT_PRINCIPAL in found


def test_statements_with_principals_are_fine() -> None:
    assert not list(rules.principals_are_named(policy(statement(), statement(Principal={"AWS": "123456789012"}))))


def of_length(length: int) -> Policy:
    empty = len(compact(policy(statement(Sid=""))))
    return policy(statement(Sid="x" * (length - empty)))


def test_length_is_that_of_what_is_sent() -> None:
    assert len(compact(of_length(20480))) == 20480
    assert not list(rules.length_is_within_the_limit(of_length(20480)))
    (found,) = rules.length_is_within_the_limit(of_length(20481))
    assert "has 20481 characters" in found
    assert rules.CONSIDERATIONS in found


def test_policy_that_only_denies_denies_everything() -> None:
    (found,) = rules.something_is_allowed(DENY_ONLY)
    assert "denies everything" in found
    assert "allow_deny_all: true" in found
    assert rules.EVALUATION in found


def test_policy_that_allows_something_is_fine() -> None:
    assert not list(rules.something_is_allowed(policy(*DENY_ONLY["Statement"], statement())))


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringLike", PRINCIPAL_ACCOUNT, "1234567890*"),
        ("StringEquals", "aws:SourceVpce", ["vpce-0a1b2c3d4e5f67890", "vpce-0a1b2c3d4e5f6789?"]),
        ("ForAnyValue:StringLike", "AWS:sourcevpc", "vpc-0a1b2c*"),
        ("NumericEquals", PRINCIPAL_ACCOUNT, 123456789012),
        ("NumericLessThanIfExists", "aws:ResourceAccount", "123456789012"),
    ],
)
def test_ids_that_aws_gives_out_take_no_wildcards_and_no_numbers(operator: str, key: str, value: Any) -> None:
    (found,) = rules.ids_have_no_wildcards(with_test(operator, key, value))
    assert f"statement 1 compares {key}" in found
    assert rules.CONSIDERATIONS in found


@pytest.mark.parametrize(
    ("operator", "key", "value"),
    [
        ("StringEquals", PRINCIPAL_ACCOUNT, "123456789012"),
        ("ArnLike", "aws:PrincipalArn", "arn:aws:iam::123456789012:role/shop-*"),
        ("NumericLessThan", "s3:max-keys", 10),
    ],
)
def test_whole_ids_and_other_keys_are_fine(operator: str, key: str, value: Any) -> None:
    assert not list(rules.ids_have_no_wildcards(with_test(operator, key, value)))


@pytest.mark.parametrize(
    "value", ["*", "short*", "*short", "longer*short*five5", ["long-enough-*", "abc?"], "five5*??longenough"]
)
def test_wildcard_without_six_characters_beside_it_is_refused(value: Any) -> None:
    (found,) = rules.wildcards_have_company(with_test("StringLike", "dynamodb:LeadingKeys", value))
    assert "compares dynamodb:LeadingKeys by StringLike" in found
    assert "at least 6 consecutive characters" in found
    assert rules.CONSIDERATIONS in found


@pytest.mark.parametrize("value", ["sixsix*", "*sixsix", "sixsix*a*sixsix", "plain", "a${*}b", "sixsix?x"])
def test_wildcard_with_six_characters_before_or_after_is_fine(value: str) -> None:
    assert not list(rules.wildcards_have_company(with_test("StringLike", "dynamodb:LeadingKeys", value)))


@pytest.mark.parametrize("operator", ["ArnLike", "StringEquals"])
def test_six_characters_are_for_string_operators_with_wildcards(operator: str) -> None:
    assert not list(rules.wildcards_have_company(with_test(operator, "aws:PrincipalArn", "*")))


@pytest.mark.parametrize(
    "broken",
    [
        policy(statement(Resource=["arn:aws:dynamodb:eu-central-1:1234*:table/shop"])),
        policy(statement(Resource=None, NotResource="arn:aws:dynamodb:eu-central-1:12345678901?:table/shop")),
        with_test("ArnLike", "aws:PrincipalArn", "arn:aws:iam::1234*:role/shop"),
    ],
)
def test_account_that_mixes_digits_and_wildcards_is_refused(broken: Policy) -> None:
    (found,) = rules.accounts_are_whole(broken)
    assert "statement 1 names arn:aws:" in found
    assert rules.CONSIDERATIONS in found


@pytest.mark.parametrize(
    "fine",
    [
        policy(statement(Resource="arn:aws:dynamodb:*:*:table/shop*")),
        policy(statement(Resource=["*", "arn:aws:s3:::shop-*/*", "arn:aws:dynamodb:eu-*:123456789012:table/*"])),
        policy(statement(Resource="arn:*")),
        with_test("ArnLike", "aws:PrincipalArn", "arn:aws:iam::*:role/shop-*"),
    ],
)
def test_account_is_an_id_or_a_wildcard(fine: Policy) -> None:
    assert not list(rules.accounts_are_whole(fine))


def test_every_problem_is_told_at_once() -> None:
    broken = policy(statement(Principal=None, Resource="arn:aws:dynamodb:eu-central-1:12*:table/shop"))
    with pytest.raises(PolicyError, match=r"^policy is refused: statement 1 has no Principal.*; statement 1 names arn"):
        rules.refuse(rules.problems(broken, allow_deny_all=False))


def test_policy_of_this_collection_passes() -> None:
    rules.refuse(rules.problems(policy(statement()), allow_deny_all=False))


def test_deny_only_example_is_refused_unless_it_is_meant() -> None:
    with pytest.raises(PolicyError, match="denies everything"):
        rules.refuse(rules.problems(DENY_ONLY, allow_deny_all=False))
    rules.refuse(rules.problems(DENY_ONLY, allow_deny_all=True))
