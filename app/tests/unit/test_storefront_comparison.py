# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What of two tables differs, and what of it is normal."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from storefront.comparison import Comparison, compare
from storefront.domain import Record

RESTORED_TO = datetime(2026, 1, 1, 12, tzinfo=UTC)
LONG_BEFORE = RESTORED_TO - timedelta(days=1)
AFTER = RESTORED_TO + timedelta(seconds=1)


def records(**digests: str) -> list[Record]:
    """Return records of products made long before, by their ids."""
    return [Record(product_id, digest, LONG_BEFORE) for product_id, digest in sorted(digests.items())]


def compared(source: list[Record], copy: list[Record]) -> Comparison:
    # The same with another kind before it, of which there is nothing.
    return compare([(iter([]), iter([])), (iter(source), iter(copy))], RESTORED_TO)


def test_equal_tables_have_one_checksum_and_no_difference() -> None:
    found = compared(records(a="1", b="2"), records(a="1", b="2"))
    assert found.sound
    assert found.source.as_dict() == found.copy.as_dict()
    assert (found.source.items, found.source.newest) == (2, LONG_BEFORE)
    assert (found.only_in_source, found.only_in_copy, found.different, found.examples) == (0, 0, 0, {})


@pytest.mark.parametrize(
    ("source", "copy"),
    [({"a": "1"}, {"a": "2"}), ({"a": "1"}, {"b": "1"}), ({"a": "1", "b": "1"}, {"a": "1"}), ({}, {"a": "1"})],
)
def test_other_tables_have_another_checksum(source: dict[str, str], copy: dict[str, str]) -> None:
    found = compared(records(**source), records(**copy))
    assert found.source.as_dict()["checksum"] != found.copy.as_dict()["checksum"]


@pytest.mark.parametrize("first", [0, 1, 2, 3])
def test_each_difference_is_found_wherever_it_is(first: int) -> None:
    ids = "abcd"
    both = {name: "1" for name in ids}
    less = {name: "1" for name in ids if name != ids[first]}
    assert compared(records(**both), records(**less)).examples["only_in_source"] == [ids[first]]
    assert compared(records(**less), records(**both)).examples["only_in_copy"] == [ids[first]]
    assert compared(records(**both), records(**{**both, ids[first]: "2"})).examples["different"] == [ids[first]]


def test_what_was_written_after_the_restore_point_is_expected_to_be_in_the_source_only() -> None:
    found = compared([Record("a", "1", AFTER)], [])
    assert (found.only_in_source, found.missing, found.sound) == (1, 0, True)


def test_what_was_there_long_before_and_is_not_in_the_copy_is_missing() -> None:
    found = compared(records(a="1"), [])
    assert (found.only_in_source, found.missing, found.sound) == (1, 1, False)


def test_what_was_written_within_the_tolerance_may_be_on_either_side() -> None:
    assert compared([Record("a", "1", RESTORED_TO - timedelta(seconds=59))], []).sound


def test_what_was_written_to_the_copy_is_told_from_what_was_removed_from_the_source() -> None:
    found = compared([], [*records(a="1"), Record("b", "1", AFTER)])
    assert (found.only_in_copy, found.newer_in_copy, found.sound) == (2, 1, True)


def test_copy_that_cannot_be_read_is_not_sound() -> None:
    found = compared(records(a="1"), [Record("a", "2", None)])
    assert (found.copy.unreadable, found.different, found.sound) == (1, 1, False)
    # What is wrong in the source only was put right by the restore.
    assert compared([Record("a", "2", None)], records(a="1")).sound


def test_few_examples_are_kept_of_many_differences() -> None:
    many = {f"p{number}": "1" for number in range(9)}
    found = compared(records(**many), [])
    assert (found.only_in_source, len(found.examples["only_in_source"])) == (9, 5)
