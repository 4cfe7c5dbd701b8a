# SPDX-License-Identifier: GPL-3.0-or-later
"""What the items of a table were in each moment of its recovery period."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

SECONDS_A_DAY = 86400.0
# The key is what moto keeps an item under; the content is the item as JSON, nothing for one that is gone.
Key = Any
Change = tuple[float, Key, bytes | None]


class Journal:
    """The items at the begin and every change since, of one table. Whoever calls holds the lock of the tables.

    moto copies a table before each transaction, and goes on with the copy if that fails. So that this takes no time, a
    copy shares the list of changes, of which it knows as many as there were.
    """

    def __init__(self, items: Mapping[Key, Any], days: int) -> None:
        self.days = days
        self._since = time.time()
        self._base: Mapping[Key, bytes | None] = {key: content(item) for key, item in items.items()}
        self._changes: list[Change] = []
        self._known = 0

    def __deepcopy__(self, memo: object) -> Journal:
        copy = Journal({}, self.days)
        copy._since, copy._base = self._since, self._base
        copy._changes, copy._known = self._changes, self._known
        return copy

    @property
    def length(self) -> int:
        """Return how many changes are known."""
        return self._known

    def note(self, key: Key, item: Any) -> None:
        """Note what an item has become, nothing if it is gone."""
        self.forget_after(self._known)
        self._changes.append((time.time(), key, content(item) if item is not None else None))
        self._known += 1
        self._forget()

    def forget_after(self, length: int) -> None:
        """Forget the latest changes, which were undone or are steps of one."""
        if length < len(self._changes):
            self._changes = self._changes[:length]
        self._known = length

    def keep(self, days: int) -> None:
        """Change the period; what the one before has let go stays gone."""
        self._forget()
        self.days = days
        self._forget()

    @property
    def earliest(self) -> float:
        """Return the first moment that is known."""
        self._forget()
        return self._since

    def items_at(self, moment: float) -> list[dict[str, Any]]:
        """Return the items of a moment, as DynamoDB writes them."""
        items = dict(self._base)
        for noted, key, item in self._changes[: self._known]:
            if noted > moment:
                break
            items[key] = item
        return [json.loads(item) for item in items.values() if item is not None]

    def _forget(self) -> None:
        """Let go of what is older than the period: it becomes part of the begin."""
        begin = time.time() - self.days * SECONDS_A_DAY
        if begin <= self._since:
            return
        old = [change for change in self._changes[: self._known] if change[0] <= begin]
        self._base = {**self._base, **{key: item for _, key, item in old}}
        self._changes = self._changes[len(old) : self._known]
        self._known -= len(old)
        self._since = begin


def content(item: Any) -> bytes:
    """Return an item of moto's in a form that nothing changes."""
    return json.dumps(item.to_json()["Attributes"]).encode()
