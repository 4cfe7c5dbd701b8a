# SPDX-License-Identifier: GPL-3.0-or-later
"""The continuous backups of DynamoDB as AWS keeps them: each second of a table whose recovery is on."""

from __future__ import annotations

import functools
import math
import os
import threading
import time
from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from emulator import settings
from emulator.control_plane.fidelity.dynamodb import validation_error
from emulator.control_plane.fidelity.recovery_journal import Journal

LOCK = threading.RLock()
LONGEST_PERIOD = 35


def apply() -> None:
    """Install the patches."""
    _one_request_at_a_time(DynamoHandler)
    _note_every_change(Table, DynamoDBBackend)
    _tell_the_true_window(DynamoDBBackend)


def window(journal: Journal) -> tuple[int, int]:
    """Return the first and the last second that a table can be restored to.

    AWS lags about five minutes. Here it is PALISADE_RECOVERY_LAG_SECONDS, by default nothing, so that nobody waits.
    """
    lag = settings.read(os.environ).recovery_lag_seconds
    return math.floor(journal.earliest), math.floor(max(journal.earliest, time.time() - lag))


def _one_request_at_a_time(handler_class: Any) -> None:
    """AWS: a write of an item is atomic, a transaction isolated. moto: its threads meet in the midst of them.

    A transaction that fails would take back what others have written meanwhile, and the journal would not tell which of
    two writes was the later.
    """
    original = handler_class.call_action

    @functools.wraps(original)
    def call_action(handler: Any) -> Any:
        with LOCK:
            return original(handler)

    handler_class.call_action = call_action


def _note_every_change(table_class: Any, backend_class: Any) -> None:
    """AWS: a table whose recovery is on can be restored to each second. moto: knows only what the items are now."""
    put, delete, update = table_class.put_item, table_class.delete_item, backend_class.update_item

    @functools.wraps(put)
    def put_item(table: Any, *arguments: Any, **options: Any) -> Any:
        return _noted(table, put(table, *arguments, **options))

    def delete_item(table: Any, hash_key: Any, range_key: Any) -> Any:
        item = delete(table, hash_key, range_key)
        if item is not None and (journal := journal_of(table)):
            journal.note((item.hash_key, item.range_key), None)
        return item

    @functools.wraps(update)
    def update_item(backend: Any, table_name: str, *arguments: Any, **options: Any) -> Any:
        # moto puts a new item with nothing but its key first, and changes items where they are.
        journal = journal_of(backend.get_table(table_name))
        before = journal.length if journal else 0
        item = update(backend, table_name, *arguments, **options)
        if journal:
            journal.forget_after(before)
        return _noted(backend.get_table(table_name), item)

    table_class.put_item, table_class.delete_item, backend_class.update_item = put_item, delete_item, update_item


def _noted(table: Any, item: Any) -> Any:
    if journal := journal_of(table):
        journal.note((item.hash_key, item.range_key), item)
    return item


def journal_of(table: Any) -> Journal | None:
    """Return the journal of a table, none while its recovery is off."""
    found: Journal | None = getattr(table, "palisade_journal", None)
    return found


def _tell_the_true_window(backend_class: Any) -> None:
    """AWS: the window moves on with the clock, and begins anew when the recovery is switched on again.

    moto: begin and end are the moment in which it was switched on.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_PointInTimeRecoveryDescription.html
    """
    describe, update = backend_class.describe_continuous_backups, backend_class.update_continuous_backups

    def describe_continuous_backups(backend: Any, table_name: str) -> Any:
        told, journal = describe(backend, table_name), journal_of(backend.tables.get(table_name))
        if journal:
            earliest, latest = window(journal)
            times = {"EarliestRestorableDateTime": earliest, "LatestRestorableDateTime": latest}
            told["PointInTimeRecoveryDescription"].update(times)
        return told

    def update_continuous_backups(backend: Any, table_name: str, point_in_time_spec: Any) -> Any:
        period = point_in_time_spec.get("RecoveryPeriodInDays", LONGEST_PERIOD)
        if not 1 <= period <= LONGEST_PERIOD:
            raise validation_error(f"RecoveryPeriodInDays must be between 1 and {LONGEST_PERIOD}")
        told = update(backend, table_name, point_in_time_spec)["PointInTimeRecoveryDescription"]
        _switch(backend.get_table(table_name), told.get("RecoveryPeriodInDays", 0))
        return backend.describe_continuous_backups(table_name)

    backend_class.describe_continuous_backups = describe_continuous_backups
    backend_class.update_continuous_backups = update_continuous_backups


def _switch(table: Any, days: int) -> None:
    journal = journal_of(table)
    if journal and days:
        journal.keep(days)
    else:
        items = {(item.hash_key, item.range_key): item for item in table.all_items()}
        table.palisade_journal = Journal(items, days) if days else None
