# SPDX-License-Identifier: GPL-3.0-or-later
"""Transactions of DynamoDB whose cost does not grow with the table."""

from __future__ import annotations

import copy
import functools
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.dynamo_type import DynamoType, Item
from moto.dynamodb.models.table import Table


def apply() -> None:
    """Install the patches."""
    _forget_items(Item)
    _share_what_does_not_change(Table, DynamoDBBackend)


def _forget_items(item_class: Any) -> None:
    """moto: remembers every item that there ever was, and every copy of one, so that memory grows with each request."""
    item_class.__new__ = lambda cls, *_, **__: object.__new__(cls)


def _share_what_does_not_change(table_class: Any, backend_class: Any) -> None:
    """moto: copies the table with all its items for each part of a transaction, to go back to that if one part fails.

    Only an update changes an item where it is; all else puts and removes whole ones.
    """
    original = backend_class.transact_write_items

    @functools.wraps(original)
    def transact_write_items(backend: Any, transact_items: list[dict[str, Any]]) -> Any:
        tables = [table for table in backend.tables.values() if _names(transact_items, table)]
        for table in tables:
            table.palisade_updated = tuple(_updated(transact_items, table))
        try:
            return original(backend, transact_items)
        finally:
            for table in tables:
                del table.palisade_updated

    backend_class.transact_write_items = transact_write_items
    table_class.__deepcopy__ = _copied


def _names(transact_items: Iterable[dict[str, Any]], table: Any) -> bool:
    return any(part.get("TableName") == table.name for item in transact_items for part in item.values())


def _updated(transact_items: Iterable[dict[str, Any]], table: Any) -> Iterable[tuple[Any, Any]]:
    for part in (item["Update"] for item in transact_items if "Update" in item):
        key = part.get("Key", {})
        if part.get("TableName") == table.name and table.hash_key_attr in key:
            sort = key.get(table.range_key_attr)
            yield DynamoType(key[table.hash_key_attr]), DynamoType(sort) if sort else None


def _copied(table: Any, memo: dict[int, Any]) -> Any:
    """Return a copy of a table; within a transaction it has copies of what that updates, and shares all other items."""
    copied = object.__new__(type(table))
    memo[id(table)] = copied
    if (updated := vars(table).get("palisade_updated")) is not None:
        memo[id(table.items)] = _shared(table.items, updated)
    for name, value in vars(table).items():
        if name != "palisade_updated":
            setattr(copied, name, copy.deepcopy(value, memo))
    return copied


def _shared(items: Any, updated: Iterable[tuple[Any, Any]]) -> Any:
    found: Any = defaultdict(dict)
    found.update({key: dict(held) if isinstance(held, dict) else held for key, held in items.items()})
    for key, sort in updated:
        if sort is None and key in found:
            found[key] = copy.deepcopy(found[key])
        elif sort is not None and sort in found.get(key, {}):
            found[key][sort] = copy.deepcopy(found[key][sort])
    return found
