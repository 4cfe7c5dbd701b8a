# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Rule conditions as Envoy's route matches."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any

from .model import Condition, NotEmulatedError

# Case does not matter to an ALB in host names, header values and query strings; it does in paths and methods.
_ANY_CASE = "(?i)"


def route_match(conditions: Sequence[Condition]) -> dict[str, Any]:
    """Form the match of a rule, all of whose conditions must hold."""
    paths = [condition for condition in conditions if condition.field == "path-pattern"]
    if len(paths) > 1:
        raise NotEmulatedError("several path-pattern conditions in one rule")
    match: dict[str, Any] = {"safe_regex": _any_of(paths[0].values)} if paths else {"prefix": "/"}
    headers = [_header_match(condition) for condition in conditions if condition.field != "path-pattern"]
    return {**match, "headers": headers} if headers else match


def _header_match(condition: Condition) -> dict[str, Any]:
    if not condition.values:
        raise NotEmulatedError(f"condition {condition.field} without values (regular expressions are not known)")
    values = "|".join(pattern(value) for _, value in condition.values)
    if condition.field == "host-header":
        return _header(":authority", f"{_ANY_CASE}({values})(:[0-9]+)?")
    if condition.field == "http-header":
        return _header(condition.header.lower(), f"{_ANY_CASE}({values})")
    if condition.field == "http-request-method":
        return _header(":method", "|".join(re.escape(value) for _, value in condition.values))
    if condition.field == "query-string":
        parameters = "|".join(_parameter(key, value) for key, value in condition.values)
        return _header(":path", rf"{_ANY_CASE}[^?]*\?(.*&)?({parameters})(&.*)?")
    raise NotEmulatedError(f"condition {condition.field}")


def _header(name: str, regex: str) -> dict[str, Any]:
    return {"name": name, "string_match": {"safe_regex": {"regex": regex}}}


def _any_of(values: Sequence[tuple[str, str]]) -> dict[str, str]:
    if not values:
        raise NotEmulatedError("condition path-pattern without values (regular expressions are not known)")
    return {"regex": "|".join(pattern(value) for _, value in values)}


def _parameter(key: str, value: str) -> str:
    wanted = pattern(value, any_character="[^&]")
    name = pattern(key, any_character="[^&=]") if key else "[^&=]*"
    return f"{name}={wanted}"


def pattern(text: str, any_character: str = ".") -> str:
    r"""Translate an ALB's wildcards (`*`, `?`, a backslash takes their meaning away) into a regular expression."""
    parts = re.findall(r"\\.|.", text, flags=re.DOTALL)
    wildcards = {"*": f"{any_character}*", "?": any_character}
    return "".join(wildcards.get(part) or re.escape(part[-1]) for part in parts)
