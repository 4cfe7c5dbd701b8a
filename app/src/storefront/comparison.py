# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Compare what two tables store, in one pass over both; no DynamoDB."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import chain
from typing import Any

from storefront.domain import Record

# An item is stored after its `created_at`, by another clock, and maybe not at the first attempt.
TOLERANCE = timedelta(minutes=1)
EXAMPLES = 5


@dataclass
class Side:
    """What one table has: how many products and orders, a checksum of all of them, when the last one was made."""

    items: int = 0
    unreadable: int = 0
    newest: datetime | None = None
    _sum: Any = field(default_factory=hashlib.sha256)

    def count(self, record: Record) -> None:
        """Take an item into the account."""
        self.items += 1
        self._sum.update(f"{record.id} {record.digest}\n".encode())
        if record.created_at is None:
            self.unreadable += 1
        elif self.newest is None or record.created_at > self.newest:
            self.newest = record.created_at

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        newest = self.newest.isoformat() if self.newest else None
        return {
            "items": self.items,
            "checksum": self._sum.hexdigest(),
            "unreadable": self.unreadable,
            "newest": newest,
        }


@dataclass
class Comparison:
    """What of two tables differs. `missing` should be in the copy: it was there well before the restore point."""

    source: Side = field(default_factory=Side)
    copy: Side = field(default_factory=Side)
    only_in_source: int = 0
    only_in_copy: int = 0
    different: int = 0
    missing: int = 0
    newer_in_copy: int = 0
    examples: dict[str, list[str]] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        """Tell whether the copy is what it should be: each item can be read, and none is missing."""
        return not self.missing and not self.copy.unreadable

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        counts = ("only_in_source", "only_in_copy", "different", "missing", "newer_in_copy", "examples")
        return {
            "sound": self.sound,
            "source": self.source.as_dict(),
            "copy": self.copy.as_dict(),
            **{name: getattr(self, name) for name in counts},
        }

    def note(self, what: str, record: Record) -> None:
        """Count a difference, and keep the first few of them by their ids."""
        setattr(self, what, getattr(self, what) + 1)
        examples = self.examples.setdefault(what, [])
        if len(examples) < EXAMPLES:
            examples.append(record.id)


def compare(kinds: Iterable[tuple[Iterator[Record], Iterator[Record]]], restored_to: datetime) -> Comparison:
    """Return what differs between a table and its copy as of a point in time.

    `kinds` are the records of one kind in the table and in the copy, both in the order of their ids.
    """
    found = Comparison()
    for ours, theirs in chain.from_iterable(_side_by_side(*kind) for kind in kinds):
        if ours:
            found.source.count(ours)
        if theirs:
            found.copy.count(theirs)
        for what, record in _differences(ours, theirs, restored_to):
            found.note(what, record)
    return found


def _differences(ours: Record | None, theirs: Record | None, restored_to: datetime) -> Iterator[tuple[str, Record]]:
    if ours and theirs:
        if ours.digest != theirs.digest:
            yield "different", theirs
    elif ours:
        yield "only_in_source", ours
        if ours.created_at and ours.created_at < restored_to - TOLERANCE:
            yield "missing", ours
    elif theirs:
        yield "only_in_copy", theirs
        if theirs.created_at and theirs.created_at > restored_to:
            yield "newer_in_copy", theirs


def _side_by_side(source: Iterator[Record], copy: Iterator[Record]) -> Iterator[tuple[Record | None, Record | None]]:
    """Pair the records of equal ids; one that is on one side only comes with None."""
    ours, theirs = next(source, None), next(copy, None)
    while ours and theirs:
        if ours.id == theirs.id:
            yield ours, theirs
            ours, theirs = next(source, None), next(copy, None)
        elif ours.id < theirs.id:
            yield ours, None
            ours = next(source, None)
        else:
            yield None, theirs
            theirs = next(copy, None)
    if ours:
        yield from ((record, None) for record in chain([ours], source))
    if theirs:
        yield from ((None, record) for record in chain([theirs], copy))
