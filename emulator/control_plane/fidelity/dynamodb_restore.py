# SPDX-License-Identifier: GPL-3.0-or-later
"""RestoreTableToPointInTime as AWS answers it: the items of that second, and little else, after a while."""

from __future__ import annotations

import copy
from datetime import UTC, datetime
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models.table import RestoredPITTable
from moto.dynamodb.responses import DynamoHandler

from emulator.control_plane.fidelity.dynamodb import keep_maximum, key_arn, validation_error
from emulator.control_plane.fidelity.dynamodb_recovery import journal_of, window
from emulator.control_plane.fidelity.dynamodb_update import NOTHING
from emulator.control_plane.fidelity.error import AwsError

# How often a table is seen being restored; it is done when it is looked at once more, so that nobody waits for a clock.
LOOKS = 2
READS_AND_WRITES = (
    *("batch_get_item", "batch_write_item", "delete_item", "get_item", "put_item", "query", "scan"),
    *("transact_get_items", "transact_write_items", "update_item"),
)
CHANGES = (
    *("delete_table", "tag_resource", "untag_resource", "update_contributor_insights", "update_table"),
    *("update_time_to_live", "put_resource_policy"),
)


def apply() -> None:
    """Install the patches."""
    _restore_what_was(DynamoHandler)
    _take_a_while(RestoredPITTable)
    _refuse_meanwhile(DynamoHandler)


def _restore_what_was(handler_class: Any) -> None:
    """AWS: has the items of the second that was asked for, and of the settings those that its documentation lists.

    moto: has the items of now, whatever was asked for, on a table without recovery too; it forgets the billing mode
    and the key, and knows other errors. What the documentation does not list (the maximum of on-demand capacity, the
    table class) is taken not to come along, so that nobody relies on it.
    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_RestoreTableToPointInTime.html
    """

    def restore_table_to_point_in_time(handler: Any) -> Any:
        backend, asked = handler.dynamodb_backend, handler.body
        source = _source(backend, asked)
        _check_target(backend, asked["TargetTableName"])
        moment = _moment(source, asked)
        encryption = _encryption(backend, source, asked)
        indexes = [
            _chosen(getattr(source, name), asked.get(override))
            for name, override in (
                ("indexes", "LocalSecondaryIndexOverride"),
                ("global_indexes", "GlobalSecondaryIndexOverride"),
            )
        ]
        target = RestoredPITTable(asked["TargetTableName"], backend.account_id, backend.region_name, source)
        target.sse_specification = encryption
        target.indexes, target.global_indexes = indexes
        _set_capacity(target, source, asked)
        _fill(target, source, moment)
        backend.tables[target.name] = target
        return ActionResult(target.describe())

    handler_class.restore_table_to_point_in_time = restore_table_to_point_in_time


def _source(backend: Any, asked: Any) -> Any:
    named = [asked[name] for name in ("SourceTableName", "SourceTableArn") if asked.get(name)]
    if len(named) != 1:
        raise validation_error("Exactly one of SourceTableName and SourceTableArn must be provided")
    name = named[0].rpartition("/")[2]
    if name not in backend.tables:
        raise AwsError("TableNotFoundException", f"Table not found: {name}")
    return backend.tables[name]


def _check_target(backend: Any, name: str) -> None:
    found = backend.tables.get(name)
    if found is not None and is_restoring(found):
        raise AwsError("TableInUseException", f"Table is being created: {name}")
    if found is not None:
        raise AwsError("TableAlreadyExistsException", f"Table already exists: {name}")


def _moment(source: Any, asked: Any) -> int:
    journal = journal_of(source)
    if journal is None:
        message = f"Point in time recovery is not enabled for table '{source.name}'"
        raise AwsError("PointInTimeRecoveryUnavailableException", message)
    if bool(asked.get("UseLatestRestorableTime")) == ("RestoreDateTime" in asked):
        raise validation_error("Exactly one of RestoreDateTime and UseLatestRestorableTime must be provided")
    earliest, latest = window(journal)
    if asked.get("UseLatestRestorableTime"):
        return latest
    moment = _seconds(asked["RestoreDateTime"])
    if not earliest <= moment <= latest:
        message = "RestoreDateTime must be between EarliestRestorableDateTime and LatestRestorableDateTime"
        raise AwsError("InvalidRestoreTimeException", message)
    return moment


def _seconds(time: Any) -> int:
    return int(time.replace(tzinfo=time.tzinfo or UTC).timestamp()) if isinstance(time, datetime) else int(time)


def _encryption(backend: Any, source: Any, asked: Any) -> Any:
    wanted = asked.get("SSESpecificationOverride")
    if wanted is None:
        return copy.deepcopy(source.sse_specification)
    if not wanted.get("Enabled"):
        return None
    return {**wanted, "KMSMasterKeyId": key_arn(backend, wanted.get("KMSMasterKeyId") or "alias/aws/dynamodb")}


def _chosen(existing: list[Any], wanted: list[Any] | None) -> list[Any]:
    """Return copies of the indexes that were asked for, which must exist as they are, by default of all."""
    known = {index.name: index for index in copy.deepcopy(existing)}
    for index in known.values():
        index.palisade_maximum = None
    if wanted is None:
        return list(known.values())
    for one in wanted:
        found = known.get(one["IndexName"])
        if found is None or (found.schema, found.projection) != (one["KeySchema"], one["Projection"]):
            raise validation_error(f"Index {one['IndexName']} does not match an index of the source table")
        keep_maximum(found, one)
        found.throughput = one.get("ProvisionedThroughput", getattr(found, "throughput", None))
    return [known[one["IndexName"]] for one in wanted]


def _set_capacity(target: Any, source: Any, asked: Any) -> None:
    target.billing_mode = asked.get("BillingModeOverride", source.billing_mode)
    target.throughput = {**target.throughput, **asked.get("ProvisionedThroughputOverride", {})}
    keep_maximum(target, {"OnDemandThroughput": asked.get("OnDemandThroughputOverride")})
    if target.billing_mode == "PAY_PER_REQUEST":
        for owner in (target, *target.global_indexes):
            owner.throughput = dict(NOTHING)


def _fill(target: Any, source: Any, moment: int) -> None:
    journal = journal_of(source)
    target.items.clear()
    for item in journal.items_at(moment) if journal else ():
        target.put_item(item)
    target.restore_date_time = datetime.fromtimestamp(moment, UTC).replace(tzinfo=None)
    target.palisade_looks = LOOKS


def is_restoring(table: Any) -> bool:
    """Tell whether a table is on its way."""
    return getattr(table, "palisade_looks", 0) > 0


def _take_a_while(table_class: Any) -> None:
    """AWS: a restore takes minutes to hours, in which the table is CREATING and seems empty. moto: is done at once."""
    describe = table_class.describe

    def described(table: Any, base_key: str = "TableDescription") -> Any:
        answer = describe(table, base_key)
        if is_restoring(table):
            told = answer[base_key]
            told |= {"TableStatus": "CREATING", "ItemCount": 0}
            told["RestoreSummary"]["RestoreInProgress"] = True
            for index in told["GlobalSecondaryIndexes"]:
                index["IndexStatus"] = "CREATING"
            table.palisade_looks -= base_key == "Table"
        return answer

    table_class.describe = described


def _refuse_meanwhile(handler_class: Any) -> None:
    """AWS: a table that is CREATING has no items for anybody, and is not changed. moto: knows no such state."""
    refusals = {
        **dict.fromkeys(READS_AND_WRITES, ("ResourceNotFoundException", "Requested resource not found")),
        **dict.fromkeys(CHANGES, ("ResourceInUseException", "Attempt to change a resource which is still in use")),
        "update_continuous_backups": ("ContinuousBackupsUnavailableException", "Backups are being enabled"),
    }
    for operation, refusal in refusals.items():
        setattr(handler_class, operation, _refusing(getattr(handler_class, operation), *refusal))


def _refusing(original: Any, code: str, message: str) -> Any:
    def call(handler: Any) -> Any:
        restoring = {name for name, table in handler.dynamodb_backend.tables.items() if is_restoring(table)}
        if restoring and restoring & set(_named(handler.body)):
            raise AwsError(code, message)
        return original(handler)

    return call


def _named(body: Any) -> Any:
    """Yield the names of the tables that a request is about."""
    for name in (body.get("TableName"), body.get("ResourceArn"), *body.get("RequestItems", {})):
        if name:
            yield name.rpartition("/")[2]
    for item in body.get("TransactItems", []):
        yield from (content["TableName"].rpartition("/")[2] for content in item.values())
