# SPDX-License-Identifier: GPL-3.0-or-later
"""Which requests a statement is about."""

from __future__ import annotations

import itertools
from fnmatch import fnmatchcase

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._policy_patterns import contains, meet

TEXTS = ["".join(letters) for length in range(5) for letters in itertools.product("ab", repeat=length)]
PATTERNS = ["".join(letters) for length in range(4) for letters in itertools.product("ab*?", repeat=length)]


def meanings(pattern: str) -> set[str]:
    return {text for text in TEXTS if fnmatchcase(text, pattern)}


def test_patterns_meet_where_a_text_matches_both() -> None:
    means = {pattern: meanings(pattern) for pattern in PATTERNS}
    # Two patterns of up to three characters that meet at all do so in a text of four or less.
    wrong = [
        pair for pair in itertools.product(PATTERNS, repeat=2) if meet(*pair) != bool(means[pair[0]] & means[pair[1]])
    ]
    assert wrong == []


@pytest.mark.parametrize(
    ("pattern", "other", "whole"),
    [
        ("*", "bucket/*", True),
        ("bucket/*", "bucket/*", True),
        ("bucke?/*", "bucket/*", True),
        ("bucket/a*", "bucket/*", False),
        ("bucket/?", "bucket/*", False),
        ("bucket", "bucket/*", False),
        ("bucket.*", "bucket/*", False),
    ],
)
def test_pattern_contains_another_one(pattern: str, other: str, whole: bool) -> None:
    assert contains(pattern, other) is whole


def test_long_patterns_are_no_problem() -> None:
    assert meet("a" * 3000 + "*", "*" + "a" * 3000)
    assert not meet("a" * 3000, "a" * 2999)
