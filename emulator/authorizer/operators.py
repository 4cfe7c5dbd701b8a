# SPDX-License-Identifier: GPL-3.0-or-later
"""The condition operators: what a value of the policy says of a value of the request.

Source: IAM User Guide, reference_policies_elements_condition_operators. A value of the request that has not the
operator's type matches nothing; one of the policy raises PolicyLanguageError, as AWS refuses to store it.
"""

from __future__ import annotations

import base64
import binascii
import ipaddress
import operator
import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from functools import partial
from typing import Any

from emulator.authorizer import patterns
from emulator.authorizer.request import Context, PolicyLanguageError

Test = Callable[[str, Context], bool]
Compile = Callable[[str, bool], Test]

_NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)")
_EPOCH = re.compile(r"-?\d+")
_MONTH = re.compile(r"\d{4}-\d{2}")


@dataclass(frozen=True)
class Operator:
    """How to compare with one value of a policy; `compile` takes it and whether it may hold variables.

    A negated operator holds if no value of the policy matches.
    """

    compile: Compile
    negated: bool = False


def _same(value: str, variables: bool, *, ignore_case: bool = False) -> Test:
    """Compare whole texts, in which * and ? are ordinary characters."""
    pieces = patterns.parse(value, variables=variables)

    def test(asked: str, context: Context) -> bool:
        resolved = patterns.resolve(pieces, context)
        if resolved is None:
            return False
        wanted = patterns.plain(resolved)
        return asked.lower() == wanted.lower() if ignore_case else asked == wanted

    return test


def _like(value: str, variables: bool) -> Test:
    pieces = patterns.parse(value, variables=variables)

    def test(asked: str, context: Context) -> bool:
        resolved = patterns.resolve(pieces, context)
        return resolved is not None and patterns.matches(patterns.expression(resolved), asked)

    return test


def _arn(value: str, variables: bool) -> Test:
    """Compare the six fields one by one, so that no wildcard reaches beyond a colon, but in the last field."""
    fields = patterns.arn_fields(patterns.parse(value, variables=variables))
    if len(fields) < patterns.FIELDS_OF_ARN:
        raise PolicyLanguageError(f"{value!r} is no ARN; expected six fields with colons between them")

    def test(asked: str, context: Context) -> bool:
        asked_fields = asked.split(":", patterns.FIELDS_OF_ARN - 1)
        resolved = [patterns.resolve(field, context) for field in fields]
        return len(asked_fields) == patterns.FIELDS_OF_ARN and all(
            field is not None and patterns.matches(patterns.expression(field), text)
            for field, text in zip(resolved, asked_fields, strict=True)
        )

    return test


def _bool(value: str, variables: bool) -> Test:
    """Compare truth values, in whatever case; variables are allowed."""
    is_constant = not (variables and "${" in value)
    if is_constant and value.lower() not in ("true", "false"):
        raise PolicyLanguageError(f"{value!r} is no truth value; expected true or false")
    same_text = _same(value, variables, ignore_case=True)
    return lambda asked, context: asked.lower() in ("true", "false") and same_text(asked, context)


def _binary(value: str, variables: bool) -> Test:
    """Compare bytes; both values are written in base 64."""
    wanted = _parsed(_bytes, value)
    return lambda asked, context: _or_none(_bytes, asked) == wanted


def _address(value: str, variables: bool) -> Test:
    """Tell whether an address is in a range; without a prefix the range is one address."""
    network = _parsed(partial(ipaddress.ip_network, strict=False), value)

    def test(asked: str, context: Context) -> bool:
        address = _or_none(ipaddress.ip_address, asked)
        return address is not None and address.version == network.version and address in network

    return test


def _ordered(parse: Callable[[str], Any], compare: Callable[[Any, Any], bool], value: str, variables: bool) -> Test:
    wanted = _parsed(parse, value)

    def test(asked: str, context: Context) -> bool:
        number = _or_none(parse, asked)
        return number is not None and compare(number, wanted)

    return test


def _bytes(text: str) -> bytes:
    try:
        return base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError(f"{text!r} is not base 64") from error


def _number(text: str) -> Decimal:
    if not _NUMBER.fullmatch(text):
        raise ValueError(f"{text!r} is no number")
    return Decimal(text)


def _date(text: str) -> datetime:
    """Read seconds since 1970, or a date as the W3C writes ISO 8601, of UTC if it names no zone."""
    if _EPOCH.fullmatch(text):
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(seconds=int(text))
    date = datetime.fromisoformat(f"{text}-01" if _MONTH.fullmatch(text) else text)
    return date if date.tzinfo else date.replace(tzinfo=UTC)


def _parsed(parse: Callable[[str], Any], value: str) -> Any:
    try:
        return parse(value)
    except (ValueError, OverflowError) as error:
        raise PolicyLanguageError(f"{value!r} does not suit its condition operator: {error}") from error


def _or_none(parse: Callable[[str], Any], value: str) -> Any:
    try:
        return parse(value)
    except (ValueError, OverflowError):
        return None


_ORDERS = {
    "Equals": operator.eq,
    "LessThan": operator.lt,
    "LessThanEquals": operator.le,
    "GreaterThan": operator.gt,
    "GreaterThanEquals": operator.ge,
}
_TYPES = {"Numeric": _number, "Date": _date}

OPERATORS: dict[str, Operator] = {
    "StringEquals": Operator(_same),
    "StringNotEquals": Operator(_same, negated=True),
    "StringEqualsIgnoreCase": Operator(partial(_same, ignore_case=True)),
    "StringNotEqualsIgnoreCase": Operator(partial(_same, ignore_case=True), negated=True),
    "StringLike": Operator(_like),
    "StringNotLike": Operator(_like, negated=True),
    **{
        f"{name}{order}": Operator(partial(_ordered, parse, compare))
        for name, parse in _TYPES.items()
        for order, compare in _ORDERS.items()
    },
    **{
        f"{name}NotEquals": Operator(partial(_ordered, parse, operator.eq), negated=True)
        for name, parse in _TYPES.items()
    },
    "Bool": Operator(_bool),
    "BinaryEquals": Operator(_binary),
    "IpAddress": Operator(_address),
    "NotIpAddress": Operator(_address, negated=True),
    "ArnEquals": Operator(_arn),
    "ArnLike": Operator(_arn),
    "ArnNotEquals": Operator(_arn, negated=True),
    "ArnNotLike": Operator(_arn, negated=True),
}
