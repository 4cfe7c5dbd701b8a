# SPDX-License-Identifier: GPL-3.0-or-later
"""Wildcards, policy variables, actions and ARNs."""

from __future__ import annotations

import pytest

from emulator.authorizer import patterns
from emulator.authorizer.request import PolicyLanguageError

TABLE = "arn:aws:dynamodb:eu-west-1:123456789012:table/shop"
CONTEXT = {
    "aws:username": ("ada",),
    "aws:principaltag/team": ("b*e",),
    "aws:principaltag/empty": ("",),
    "aws:tagkeys": ("one",),
    "aws:several": ("one", "two"),
}


def is_meant(resource: str, pattern: str, *, variables: bool = True, completed: bool = True) -> bool:
    return patterns.resource_test(pattern, variables=variables, completed=completed)(resource, CONTEXT)


@pytest.mark.parametrize(
    ("pattern", "action", "expected"),
    [
        ("*", "dynamodb:GetItem", True),
        ("DYNAMODB:getitem", "dynamodb:GetItem", True),
        ("dynamodb:Get*", "dynamodb:GetItem", True),
        ("dynamodb:?etItem", "dynamodb:GetItem", True),
        ("dynamodb:?GetItem", "dynamodb:GetItem", False),
        ("dynamodb:Get", "dynamodb:GetItem", False),
        ("s3:*", "dynamodb:GetItem", False),
        ("application-autoscaling:*", "application-autoscaling:PutScalingPolicy", True),
    ],
)
def test_action(pattern: str, action: str, expected: bool) -> None:
    assert patterns.action_test(pattern)(action) is expected


@pytest.mark.parametrize("pattern", ["GetItem", "*:GetItem", "dynamo*:GetItem", "dynamodb:", "dynamodb:Get Item", ""])
def test_action_that_names_no_service_is_refused(pattern: str) -> None:
    with pytest.raises(PolicyLanguageError, match="expected \\* or service:Name"):
        patterns.action_test(pattern)


@pytest.mark.parametrize(
    ("pattern", "resource", "expected"),
    [
        ("*", TABLE, True),
        ("*", "*", True),
        (TABLE, TABLE, True),
        (TABLE, TABLE + "s", False),
        (TABLE, TABLE.replace("shop", "Shop"), False),
        (TABLE, "*", False),
        (TABLE + "*", TABLE, True),
        (TABLE[:-1] + "?", TABLE, True),
        (TABLE + "?", TABLE, False),
        ("arn:aws:dynamodb:*:*:table/*", TABLE + "/index/a", True),
        ("arn:aws:dynamodb:eu-*-1:123456789012:table/shop", TABLE, True),
        ("arn:aws:dynamodb:eu-west-?:123456789012:table/shop", TABLE, True),
        ("arn:aws:dynamodb:e*1:table/shop", TABLE, False),
        ("arn:aws:dynamodb:eu-west-1?123456789012:table/shop", TABLE, False),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1///test///object", True),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1/test/", True),
        ("arn:aws:s3:::bucket/*/test/*", "arn:aws:s3:::bucket/1-test/object", False),
        ("arn:aws:s3:::bucket/a?c", "arn:aws:s3:::bucket/a:c", True),
        ("arn:aws:s3:::bucket/a.c", "arn:aws:s3:::bucket/abc", False),
        ("arn:aws:s3:::bucket/*", "arn:aws:s3:::bucket/a\nb", True),
    ],
)
def test_resource(pattern: str, resource: str, expected: bool) -> None:
    assert is_meant(resource, pattern) is expected


def test_star_that_ends_a_field_reaches_beyond_the_colon_and_another_does_not() -> None:
    assert is_meant(TABLE, "arn:aws:dynamodb:*:table/shop", completed=False)
    assert is_meant(TABLE, "arn:aws:dynamodb:eu*:table/shop", completed=False)
    assert not is_meant(TABLE, "arn:aws:dynamodb:*2:table/shop", completed=False)


@pytest.mark.parametrize(
    "pattern", ["arn:aws:dynamodb", "arn:aws:dynamodb:eu-west-1", "arn:aws:dynamodb:*:123456789012"]
)
def test_incomplete_arn_is_completed_where_aws_does_it(pattern: str) -> None:
    assert is_meant(TABLE, pattern, completed=True)
    assert not is_meant(TABLE, pattern, completed=False)
    assert not is_meant("arn:aws:sqs:eu-west-1:123456789012:q", pattern, completed=True)


@pytest.mark.parametrize(
    ("pattern", "name", "expected"),
    [
        ("${aws:username}", "ada", True),
        ("${AWS:UserName}/x", "ada/x", True),
        ("${aws:username}", "bob", False),
        ("${aws:username, 'all'}", "ada", True),
        ("${aws:nothing, 'all'}", "all", True),
        ("${aws:principaltag/empty, 'all'}", "all", True),
        ("${aws:nothing}", "${aws:nothing}", False),
        ("${aws:nothing}*", "x", False),
        ("${aws:tagkeys}", "one", False),
        ("${aws:several, 'none'}", "none", True),
        ("${aws:principaltag/team}", "b*e", True),
        ("${aws:principaltag/team}", "blue", False),
        ("a${*}${?}${$}", "a*?$", True),
        ("a${*}", "abc", False),
        ("${open", "${open", True),
    ],
)
def test_variable(pattern: str, name: str, expected: bool) -> None:
    assert is_meant(f"arn:aws:s3:::bucket/{name}", f"arn:aws:s3:::bucket/{pattern}") is expected


def test_variables_of_an_old_document_are_literal_text() -> None:
    old = "arn:aws:s3:::bucket/${aws:username}"
    assert is_meant(old, old, variables=False)
    assert not is_meant("arn:aws:s3:::bucket/ada", old, variables=False)
    assert is_meant("arn:aws:s3:::bucket/${x}", "arn:aws:s3:::bucket/${*}", variables=False)


@pytest.mark.parametrize(
    ("pattern", "message"),
    [
        ("table/shop", "expected \\* or an ARN"),
        ("**", "expected \\* or an ARN"),
        ("arn:aws", "expected \\* or an ARN"),
        ("arn:aws:*", "its service written out"),
        ("arn:aws:dynamo*:eu-west-1:123456789012:table/shop", "its service written out"),
        ("arn:aws:s3:${aws:username}:*:*", "only after the fifth colon"),
        ("arn:aws:s3:::${aws:username,'a'}", "is no policy variable"),
        ("arn:aws:s3:::${}", "is no policy variable"),
    ],
)
def test_resource_that_aws_does_not_know_is_refused(pattern: str, message: str) -> None:
    with pytest.raises(PolicyLanguageError, match=message):
        is_meant(TABLE, pattern)


def test_colon_in_a_variable_splits_no_arn() -> None:
    pieces = patterns.parse("arn:aws:s3:${aws:x}:b:c:d", variables=True)
    assert patterns.arn_fields(pieces) == [
        ("arn",),
        ("aws",),
        ("s3",),
        (patterns.Variable("aws:x", ""),),
        ("b",),
        ("c:d",),
    ]
