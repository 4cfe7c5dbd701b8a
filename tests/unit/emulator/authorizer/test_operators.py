# SPDX-License-Identifier: GPL-3.0-or-later
"""What each condition operator says of one value."""

from __future__ import annotations

import pytest

from emulator.authorizer.operators import OPERATORS
from emulator.authorizer.request import PolicyLanguageError

CONTEXT = {"aws:username": ("ada",), "aws:truth": ("TRUE",)}
NOON = "2026-03-01T12:00:00Z"
NOON_IN_SECONDS = "1772366400"
TOPIC = "arn:aws:sns:eu-west-1:123456789012:alarms"


def says(operator: str, value: str, asked: str, *, variables: bool = True) -> bool:
    found = OPERATORS[operator]
    return found.compile(value, variables)(asked, CONTEXT) != found.negated


# operator, value of the policy, values that match, values that do not
EXAMPLES: list[tuple[str, str, list[str], list[str]]] = [
    ("StringEquals", "a*", ["a*"], ["ab", "A*", ""]),
    ("StringEquals", "${aws:username}", ["ada"], ["Ada", "${aws:username}"]),
    ("StringEquals", "${*}x", ["*x"], ["${*}x", "yx"]),
    ("StringEqualsIgnoreCase", "Blue", ["bLUE"], ["blues"]),
    ("StringLike", "b?u*", ["blue", "bluu/x", "bzu\n"], ["bu", "Blue", "a blue"]),
    ("StringLike", "", [""], ["a"]),
    ("StringLike", "${aws:username}*", ["ada", "adam"], ["Ada"]),
    ("NumericEquals", "10", ["10", "10.0", "+10"], ["1", "ten", ""]),
    ("NumericLessThan", "10", ["9", "-3", "9.99"], ["10", "100", "x"]),
    ("NumericLessThanEquals", "10", ["10", "9"], ["10.01"]),
    ("NumericGreaterThan", "1.5", ["2", "1.51"], ["1.5", "-2"]),
    ("NumericGreaterThanEquals", "1.5", ["1.50", "2"], ["1.4"]),
    (
        "DateEquals",
        NOON,
        [NOON, "2026-03-01T13:00:00+01:00", NOON_IN_SECONDS, "2026-03-01T12:00Z"],
        ["2026-03-01", "x"],
    ),
    ("DateEquals", NOON_IN_SECONDS, [NOON], ["2026-03-01T12:00:01Z"]),
    ("DateLessThan", "2026-03-01", ["2026-02-28T23:59:59.9Z", "2026-02"], ["2026-03-01T00:00:00Z"]),
    ("DateLessThanEquals", "2026-03", ["2026-03-01T00:00:00Z"], ["2026-03-01T00:00:01Z"]),
    ("DateGreaterThan", NOON, ["2026-03-01T12:00:00.001Z"], [NOON, "soon"]),
    ("DateGreaterThanEquals", NOON, [NOON, "2027-01-01"], ["2026-03-01T11:59:59Z"]),
    ("Bool", "true", ["true", "True"], ["false", "yes"]),
    ("Bool", "${aws:truth}", ["true"], ["false"]),
    ("BinaryEquals", "QUJD", ["QUJD"], ["QUJE", "qujd", "%"]),
    ("IpAddress", "203.0.113.0/24", ["203.0.113.255"], ["203.0.114.0", "2001:db8::1", "here"]),
    ("IpAddress", "203.0.113.7/24", ["203.0.113.1"], ["203.0.114.7"]),
    ("IpAddress", "203.0.113.7", ["203.0.113.7"], ["203.0.113.8"]),
    ("IpAddress", "2001:DB8:1234:5678::/64", ["2001:db8:1234:5678::9"], ["2001:db8:1234:5679::9", "10.0.0.1"]),
    ("IpAddress", "0.0.0.0/0", ["8.8.8.8"], ["::1"]),
    ("ArnEquals", "arn:aws:sns:*:1234567890??:al*s", [TOPIC], [TOPIC + "x", TOPIC.replace("aws", "AWS"), "alarms"]),
    ("ArnLike", "arn:aws:sns:*:alarms:*", [], [TOPIC, "arn:aws:sns:a:b:alarms:c"]),
    ("ArnLike", "arn:aws:s3:::b/*", ["arn:aws:s3:::b/c:d"], ["arn:aws:s3:::c/b"]),
    ("ArnLike", "arn:aws:iam::*:user/${aws:username}", ["arn:aws:iam::1:user/ada"], ["arn:aws:iam::1:user/bob"]),
]
NEGATIONS = {
    "StringEquals": ["StringNotEquals"],
    "StringEqualsIgnoreCase": ["StringNotEqualsIgnoreCase"],
    "StringLike": ["StringNotLike"],
    "NumericEquals": ["NumericNotEquals"],
    "DateEquals": ["DateNotEquals"],
    "IpAddress": ["NotIpAddress"],
    "ArnEquals": ["ArnNotEquals"],
    "ArnLike": ["ArnNotLike"],
}


@pytest.mark.parametrize(("operator", "value", "matching", "others"), EXAMPLES)
def test_operator_and_its_negation(operator: str, value: str, matching: list[str], others: list[str]) -> None:
    assert [asked for asked in matching if not says(operator, value, asked)] == []
    assert [asked for asked in others if says(operator, value, asked)] == []
    for negation in NEGATIONS.get(operator, []):
        assert [asked for asked in matching if says(negation, value, asked)] == []
        assert [asked for asked in others if not says(negation, value, asked)] == []


def test_every_operator_has_an_example() -> None:
    named = {operator for operator, *_ in EXAMPLES}
    assert {*named, *(negation for negations in NEGATIONS.values() for negation in negations)} == OPERATORS.keys()


@pytest.mark.parametrize("operator", ["StringEquals", "StringLike", "StringEqualsIgnoreCase"])
def test_nothing_equals_a_variable_without_value_and_all_is_unequal(operator: str) -> None:
    assert not says(operator, "${aws:nothing}", "a")
    assert not says(operator, "${aws:nothing}", "")
    assert says(NEGATIONS[operator][0], "${aws:nothing}", "a")
    assert says(operator, "${aws:nothing, 'a'}", "a")


def test_variables_of_an_old_document_are_literal_text() -> None:
    assert says("StringEquals", "${aws:username}", "${aws:username}", variables=False)
    assert not says("StringEquals", "${aws:username}", "ada", variables=False)


@pytest.mark.parametrize(
    ("operator", "value"),
    [
        ("NumericEquals", "ten"),
        ("NumericEquals", "NaN"),
        ("NumericLessThan", "${aws:username}"),
        ("DateEquals", "tomorrow"),
        ("DateEquals", "99999999999999999"),
        ("Bool", "yes"),
        ("BinaryEquals", "not base 64"),
        ("IpAddress", "10.0.0.0/33"),
        ("NotIpAddress", "10.0.0.*"),
        ("ArnEquals", "*"),
        ("ArnLike", "arn:aws:sns:*"),
        ("StringEquals", "${a b}"),
    ],
)
def test_value_that_does_not_suit_the_operator_is_refused(operator: str, value: str) -> None:
    with pytest.raises(PolicyLanguageError):
        says(operator, value, "x")
