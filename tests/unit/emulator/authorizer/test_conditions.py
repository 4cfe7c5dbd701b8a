# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys with one value, with several and with none."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.authorizer import conditions
from emulator.authorizer.request import PolicyLanguageError

KEY = "aws:PrincipalTag/team"


def holds(block: dict[str, Any], *values: str, key: str = KEY) -> bool:
    """Tell whether a Condition element holds for a request in which a key has these values; none: it is absent."""
    context = {key.lower(): values} if values else {}
    return all(condition.holds(context) for condition in conditions.parse(block, variables=True))


def holds_for(operator: str, written: Any, *values: str, key: str = KEY) -> bool:
    return holds({operator: {key: written}}, *values, key=key)


def test_several_values_of_the_policy_are_alternatives_and_exclude_all_if_negated() -> None:
    assert holds_for("StringEquals", ["a", "b"], "b")
    assert not holds_for("StringEquals", ["a", "b"], "c")
    assert holds_for("StringNotEquals", ["a", "b"], "c")
    assert not holds_for("StringNotEquals", ["a", "b"], "b")
    assert not holds_for("StringEquals", [], "b")
    assert holds_for("StringNotEquals", [], "b")


def test_several_keys_and_operators_all_have_to_hold() -> None:
    block = {"StringEquals": {KEY: "a", "aws:other": "b"}}
    assert not holds(block, "a")
    assert not holds({"StringEquals": {KEY: "a"}, "StringLike": {KEY: "b*"}}, "a")
    assert holds({"StringEquals": {KEY: "a"}, "StringLike": {KEY: "a*"}}, "a")


def test_key_in_whatever_case_is_the_same() -> None:
    assert holds_for("StringEquals", "a", "a", key="AWS:PRINCIPALTAG/Team")


@pytest.mark.parametrize(
    ("operator", "expected"),
    [
        ("StringEquals", False),
        ("StringNotEquals", True),
        ("StringEqualsIfExists", True),
        ("StringNotEqualsIfExists", True),
        ("ForAllValues:StringEquals", True),
        ("ForAllValues:StringNotEquals", True),
        ("ForAllValues:StringEqualsIfExists", True),
        ("ForAnyValue:StringEquals", False),
        ("ForAnyValue:StringNotEquals", False),
        ("ForAnyValue:StringEqualsIfExists", True),
        ("IpAddress", False),
        ("NotIpAddress", True),
        ("BoolIfExists", True),
        ("ArnNotLike", True),
        ("DateLessThan", False),
    ],
)
def test_absent_key(operator: str, expected: bool) -> None:
    values = {"Ip": "10.0.0.1", "Bool": "true", "Arn": "arn:aws:sqs:::q", "Date": "2026-01-01"}
    written = next((value for name, value in values.items() if name in operator), "a")
    assert holds_for(operator, written) is expected


def test_if_exists_asks_a_key_that_is_there() -> None:
    assert holds_for("StringEqualsIfExists", "a", "a")
    assert not holds_for("StringEqualsIfExists", "a", "b")
    assert not holds_for("StringNotEqualsIfExists", "a", "a")


@pytest.mark.parametrize(
    ("operator", "values", "expected"),
    [
        ("ForAllValues:StringEquals", ["a"], True),
        ("ForAllValues:StringEquals", ["a", "b"], True),
        ("ForAllValues:StringEquals", ["a", "c"], False),
        ("ForAllValues:StringEquals", [""], True),
        ("ForAllValues:StringNotEquals", ["c", "d"], True),
        ("ForAllValues:StringNotEquals", ["c", "a"], False),
        ("ForAnyValue:StringEquals", ["c", "a"], True),
        ("ForAnyValue:StringEquals", ["c", "d"], False),
        ("ForAnyValue:StringEquals", [""], False),
        ("ForAnyValue:StringNotEquals", ["a", "c"], True),
        ("ForAnyValue:StringNotEquals", ["a", "b"], False),
        ("ForAllValues:StringLike", ["a", "b"], True),
        ("ForAnyValue:StringEqualsIgnoreCase", ["A"], True),
    ],
)
def test_quantifier(operator: str, values: list[str], expected: bool) -> None:
    assert holds_for(operator, ["a", "b"], *values, key="aws:TagKeys") is expected


@pytest.mark.parametrize("operator", ["StringEquals", "StringNotEquals", "StringLikeIfExists"])
def test_multivalued_key_never_matches_without_quantifier(operator: str) -> None:
    assert not holds_for(operator, ["a", "b"], "a", "b")
    assert not holds_for(operator, "a", "a", key="aws:TagKeys")
    assert not holds_for(operator, "a", "b", key="dynamodb:LeadingKeys")


@pytest.mark.parametrize(
    ("written", "values", "expected"),
    [
        ("true", [], True),
        ("true", ["a"], False),
        ("true", [""], True),
        ("false", ["a"], True),
        (False, [], False),
        (["true", "FALSE"], ["a"], True),
    ],
)
def test_null(written: Any, values: list[str], expected: bool) -> None:
    assert holds_for("Null", written, *values) is expected


def test_numbers_and_truth_values_need_no_quotation_marks() -> None:
    assert holds_for("NumericLessThan", 10, "9")
    assert holds_for("NumericLessThan", 0.5, "0.25")
    assert holds_for("Bool", False, "false")


@pytest.mark.parametrize(
    "operator",
    [
        "StringEqual",
        "stringequals",
        "StringEqualsIfExistsIfExists",
        "IfExists",
        "NullIfExists",
        "ForAllValues:Null",
        "ForEveryValue:StringEquals",
        ":StringEquals",
        "ForAllValues:",
        "",
    ],
)
def test_unknown_operator_is_refused(operator: str) -> None:
    with pytest.raises(PolicyLanguageError, match="is no condition operator"):
        holds_for(operator, "a", "a")


@pytest.mark.parametrize(
    "block",
    [[], {"StringEquals": "a"}, {"StringEquals": {KEY: {}}}, {"StringEquals": {KEY: [None]}}, {"Null": {KEY: "?"}}],
)
def test_block_of_another_shape_is_refused(block: Any) -> None:
    with pytest.raises(PolicyLanguageError):
        holds(block, "a")
