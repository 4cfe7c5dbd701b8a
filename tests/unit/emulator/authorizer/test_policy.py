# SPDX-License-Identifier: GPL-3.0-or-later
"""Verdicts on whole documents."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.authorizer.policy import (
    Decision,
    PolicyLanguageError,
    Principal,
    Request,
    context_of,
    evaluate,
    evaluate_all,
    evaluate_gateway_endpoint_policy,
)

ALLOWED, DENIED, SILENT = Decision.ALLOWED, Decision.EXPLICITLY_DENIED, Decision.IMPLICITLY_DENIED
ACCOUNT = "123456789012"
TABLE = f"arn:aws:dynamodb:eu-west-1:{ACCOUNT}:table/shop"
TASK = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/shop/ecs-1", ACCOUNT)
ROOT = Principal(f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
REQUEST = Request(TASK, "dynamodb:GetItem", TABLE, context_of(TASK))


def statement(effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    merged = {"Effect": effect, "Action": "dynamodb:*", "Resource": "*", **elements}
    return {name: value for name, value in merged.items() if value is not None}


def document(*statements: dict[str, Any], **elements: Any) -> dict[str, Any]:
    return {"Version": "2012-10-17", "Statement": list(statements), **elements}


def test_nothing_said_is_an_implicit_denial() -> None:
    assert evaluate(document(statement(Action="s3:*")), REQUEST) is SILENT
    assert evaluate_all([], REQUEST) is SILENT


def test_explicit_deny_wins_in_whatever_order_and_policy() -> None:
    allow, deny = statement(), statement("Deny")
    assert evaluate(document(allow), REQUEST) is ALLOWED
    assert evaluate(document(deny, allow), REQUEST) is DENIED
    assert evaluate(document(allow, deny), REQUEST) is DENIED
    assert evaluate_all([document(allow), document(deny)], REQUEST) is DENIED
    assert evaluate_all([document(allow), document(statement("Deny", Action="s3:*"))], REQUEST) is ALLOWED


def test_statement_needs_no_list_and_names_may_be_given() -> None:
    assert evaluate({"Id": "a", "Statement": statement(Sid="b")}, REQUEST) is ALLOWED


def test_all_elements_of_a_statement_have_to_speak_of_the_request() -> None:
    condition = {"StringEquals": {"aws:PrincipalAccount": ACCOUNT}}
    assert evaluate(document(statement(Condition=condition)), REQUEST) is ALLOWED
    assert evaluate(document(statement(Condition={"Null": {"aws:PrincipalAccount": "true"}})), REQUEST) is SILENT
    assert evaluate(document(statement(Resource=TABLE + "s")), REQUEST) is SILENT


@pytest.mark.parametrize(
    ("elements", "expected"),
    [
        ({"Action": None, "NotAction": "s3:*"}, ALLOWED),
        ({"Action": None, "NotAction": ["s3:*", "DynamoDB:get*"]}, SILENT),
        ({"Resource": None, "NotResource": TABLE + "s"}, ALLOWED),
        ({"Resource": None, "NotResource": [TABLE]}, SILENT),
        ({"Resource": None, "NotResource": "arn:aws:s3:::a/${aws:username}"}, ALLOWED),
    ],
)
def test_not_elements(elements: dict[str, Any], expected: Decision) -> None:
    assert evaluate(document(statement(**elements)), REQUEST) is expected


def test_principal_is_honoured_where_the_document_has_one() -> None:
    assert evaluate(document(statement(Principal={"AWS": TASK.role_arn})), REQUEST) is ALLOWED
    assert evaluate(document(statement(Principal={"AWS": "111122223333"})), REQUEST) is SILENT
    assert evaluate(document(statement("Deny", Principal={"AWS": ACCOUNT})), REQUEST) is DENIED
    with pytest.raises(PolicyLanguageError, match="expected one of Principal and NotPrincipal"):
        evaluate(document(statement(Principal="*"), statement()), REQUEST)


def test_not_principal_with_allow_and_with_deny() -> None:
    role_only, with_account = {"AWS": TASK.role_arn}, {"AWS": [TASK.role_arn, ACCOUNT]}
    assert evaluate(document(statement(NotPrincipal={"AWS": "111122223333"})), REQUEST) is ALLOWED
    assert evaluate(document(statement(NotPrincipal=role_only)), REQUEST) is SILENT
    assert evaluate(document(statement("Deny", NotPrincipal=role_only)), REQUEST) is DENIED
    assert evaluate(document(statement("Deny", NotPrincipal=with_account)), REQUEST) is SILENT


def test_trust_policy_has_no_resource() -> None:
    service = Principal("", "", "ecs-tasks.amazonaws.com")
    trust = document(statement(Action="sts:AssumeRole", Resource=None, Principal={"Service": service.service}))
    role = f"arn:aws:iam::{ACCOUNT}:role/shop"
    assert evaluate(trust, Request(service, "sts:AssumeRole", role)) is ALLOWED
    assert evaluate(trust, Request(TASK, "sts:AssumeRole", role)) is SILENT


def test_only_an_identity_policy_completes_an_arn() -> None:
    assert evaluate(document(statement(Resource="arn:aws:dynamodb")), REQUEST) is ALLOWED
    assert evaluate(document(statement(Resource="arn:aws:dynamodb", Principal="*")), REQUEST) is SILENT


@pytest.mark.parametrize(("version", "expected"), [("2012-10-17", ALLOWED), ("2008-10-17", SILENT), (None, SILENT)])
def test_variables_need_the_version_that_has_them(version: str | None, expected: Decision) -> None:
    written = document(statement(Condition={"StringEquals": {"aws:PrincipalArn": "${aws:PrincipalArn}"}}))
    del written["Version"]
    assert evaluate({**written, **({"Version": version} if version else {})}, REQUEST) is expected


def test_gateway_endpoint_knows_everyone_and_root_users_only() -> None:
    condition = {"ArnEquals": {"aws:PrincipalArn": TASK.role_arn}}
    everyone = document(statement(Principal="*", Condition=condition))
    role = document(statement(Principal={"AWS": TASK.role_arn}))
    account = document(statement(Principal={"AWS": ACCOUNT}))
    by_root = Request(ROOT, "dynamodb:GetItem", TABLE)
    assert evaluate_gateway_endpoint_policy(everyone, REQUEST) is ALLOWED
    assert evaluate_gateway_endpoint_policy(role, REQUEST) is SILENT
    assert evaluate(role, REQUEST) is ALLOWED
    assert evaluate_gateway_endpoint_policy(account, REQUEST) is SILENT
    assert evaluate(account, REQUEST) is ALLOWED
    assert evaluate_gateway_endpoint_policy(account, by_root) is ALLOWED
    assert evaluate_gateway_endpoint_policy(everyone, by_root) is SILENT


def test_gateway_endpoint_needs_principals() -> None:
    with pytest.raises(PolicyLanguageError, match="expected one of Principal and NotPrincipal"):
        evaluate_gateway_endpoint_policy(document(statement()), REQUEST)
    with pytest.raises(PolicyLanguageError, match="NotPrincipal has no documented meaning"):
        evaluate_gateway_endpoint_policy(document(statement(NotPrincipal="*")), REQUEST)


@pytest.mark.parametrize(
    ("written", "message"),
    [
        (document(statement(), Version="2012-10-18"), "Version"),
        (document(statement(), Statements=[]), "unknown element Statements"),
        (document(statement(Actions="*")), "unknown element Actions"),
        (document(), "Statement: expected at least one"),
        ({"Version": "2012-10-17"}, "Statement: expected at least one"),
        ({"Statement": "all"}, "Statement: expected an object"),
        (document(statement("allow")), "Effect: expected Allow or Deny"),
        (document(statement(Action=None)), "expected one of Action and NotAction"),
        (document(statement(NotAction="s3:*")), "expected one of Action and NotAction"),
        (document(statement(Resource=None)), "expected one of Resource and NotResource"),
        (document(statement(Action=[])), "Action: expected at least one"),
        (document(statement(Resource=[1])), "Resource: expected texts"),
        (document(statement(Action="s3:*", Condition={"Equals": {"a": "b"}})), "'Equals' is no condition operator"),
    ],
)
def test_document_that_aws_does_not_know_is_refused(written: dict[str, Any], message: str) -> None:
    with pytest.raises(PolicyLanguageError, match=message):
        evaluate(written, REQUEST)


@pytest.mark.parametrize("context", [{"aws:PrincipalArn": ("a",)}, {"aws:principalarn": "a"}])
def test_context_that_would_be_misread_is_refused(context: Any) -> None:
    with pytest.raises(ValueError, match="expected a key in lower case and a tuple of values"):
        Request(TASK, "dynamodb:GetItem", TABLE, context)
