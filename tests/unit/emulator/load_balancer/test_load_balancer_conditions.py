# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Wildcards and rule conditions."""

from __future__ import annotations

import re

import pytest

from emulator.load_balancer.conditions import pattern, route_match
from emulator.load_balancer.model import Condition, NotEmulatedError


@pytest.mark.parametrize(
    ("wildcards", "matching", "others"),
    [
        ("/api/*", ["/api/", "/api/a/b"], ["/api", "/apix/"]),
        ("/v?", ["/v1"], ["/v", "/v12"]),
        ("a.b+c", ["a.b+c"], ["axb+c", "a.bbc"]),
        (r"\*\?", ["*?"], ["ab", r"\*\?"]),
        ("", [""], ["a"]),
    ],
)
def test_wildcards(wildcards: str, matching: list[str], others: list[str]) -> None:
    expression = re.compile(pattern(wildcards))
    assert [text for text in matching + others if expression.fullmatch(text)] == matching


def test_no_condition_matches_everything() -> None:
    assert route_match([]) == {"prefix": "/"}


def test_values_of_one_condition_are_alternatives_and_conditions_must_all_hold() -> None:
    paths = Condition("path-pattern", "", (("", "/a"), ("", "/b*")))
    method = Condition("http-request-method", "", (("", "GET"), ("", "HEAD")))
    match = route_match([method, paths])
    assert match["safe_regex"] == {"regex": "/a|/b.*"}
    assert match["headers"] == [{"name": ":method", "string_match": {"safe_regex": {"regex": "GET|HEAD"}}}]


@pytest.mark.parametrize(
    ("query", "matches"),
    [("/?k=v", True), ("/a?x=1&K=V&y", True), ("/?k=vv", False), ("/?xk=v", False), ("/k=v", False), ("/?x=w", True)],
)
def test_query_string(query: str, matches: bool) -> None:
    condition = Condition("query-string", "", (("k", "v"), ("", "w")))
    expression = route_match([condition])["headers"][0]["string_match"]["safe_regex"]["regex"]
    assert bool(re.fullmatch(expression, query)) is matches


@pytest.mark.parametrize(
    "conditions",
    [
        [Condition("source-ip", "", (("", "10.0.0.0/8"),))],
        [Condition("path-pattern", "", ())],
        [Condition("host-header", "", ())],
        [Condition("path-pattern", "", (("", "/a"),)), Condition("path-pattern", "", (("", "/b"),))],
    ],
)
def test_other_conditions_are_refused(conditions: list[Condition]) -> None:
    with pytest.raises(NotEmulatedError):
        route_match(conditions)
