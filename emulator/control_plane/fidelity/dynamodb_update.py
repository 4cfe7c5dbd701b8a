# SPDX-License-Identifier: GPL-3.0-or-later
"""UpdateTable as AWS answers it: what it takes together, and that a table is busy for a while after."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Table
from moto.dynamodb.responses import DynamoHandler

from emulator.control_plane.fidelity.dynamodb import keep_maximum, key_arn, validation_error
from emulator.control_plane.fidelity.error import AwsError

NOTHING = {"ReadCapacityUnits": 0, "WriteCapacityUnits": 0}
# After these a table is UPDATING for a while.
SLOW = ("GlobalSecondaryIndexUpdates", "SSESpecification", "BillingMode", "ProvisionedThroughput", "TableClass")


def apply() -> None:
    """Install the patches."""
    _take_one_change_at_a_time(DynamoHandler)
    _do_all_that_was_asked_for(DynamoHandler)
    _begin_another_stream(DynamoDBBackend)
    _be_busy_for_a_while(Table, DynamoHandler)


def _take_one_change_at_a_time(handler_class: Any) -> None:
    """AWS: refuses changes that do not go together, or lack something. moto: takes them.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
    """
    original = handler_class.update_table

    def update_table(handler: Any) -> Any:
        asked, table = handler.body, handler.dynamodb_backend.get_table(handler.body["TableName"])
        settings = asked.keys() - {"TableName", "AttributeDefinitions"}
        if not settings:
            raise validation_error("At least one setting has to be changed")
        if "TableClass" in settings and len(settings) > 1:
            raise validation_error("Table class cannot be updated together with other settings")
        updates = asked.get("GlobalSecondaryIndexUpdates", [])
        _check_indexes(table, updates)
        _check_billing(table, asked, updates)
        return original(handler)

    handler_class.update_table = update_table


def _check_indexes(table: Any, updates: list[Any]) -> None:
    if sum("Create" in one or "Delete" in one for one in updates) > 1:
        raise AwsError(
            "LimitExceededException",
            "Subscriber limit exceeded: Only 1 online index can be created or deleted simultaneously per table",
        )
    if len(table.global_indexes) + sum("Create" in one for one in updates) > 20:
        raise AwsError("LimitExceededException", "Subscriber limit exceeded: a table has 20 indexes at most")
    known = {index.name for index in table.global_indexes}
    for one in updates:
        if "Create" not in one and next(iter(one.values()))["IndexName"] not in known:
            raise AwsError("ResourceNotFoundException", "Requested resource not found")


def _check_billing(table: Any, asked: Any, updates: list[Any]) -> None:
    mode = asked.get("BillingMode")
    if mode == "PROVISIONED" and mode != table.billing_mode:
        told = {one["Update"]["IndexName"] for one in updates if "ProvisionedThroughput" in one.get("Update", {})}
        if "ProvisionedThroughput" not in asked or told != {index.name for index in table.global_indexes}:
            raise validation_error("ProvisionedThroughput must be specified for the table and all of its indexes")
    if asked.get("ProvisionedThroughput") and (mode or table.billing_mode) == "PAY_PER_REQUEST":
        raise validation_error(
            "Neither ReadCapacityUnits nor WriteCapacityUnits can be specified when BillingMode is PAY_PER_REQUEST"
        )


def _do_all_that_was_asked_for(handler_class: Any) -> None:
    """AWS: changes key, class and maximum as well, and knows the attributes of keys only. moto: ignores them."""
    original = handler_class.update_table

    def update_table(handler: Any) -> Any:
        backend, asked = handler.dynamodb_backend, handler.body
        table = backend.get_table(asked["TableName"])
        encryption = asked.get("SSESpecification")
        key = key_arn(backend, encryption["KMSMasterKeyId"]) if encryption and encryption.get("Enabled") else ""
        original(handler)
        if encryption:
            table.sse_specification = {**encryption, "KMSMasterKeyId": key} if key else None
        if asked.get("BillingMode") == "PAY_PER_REQUEST":
            for owner in (table, *table.global_indexes):
                owner.throughput = dict(NOTHING)
        table.palisade_class = asked.get("TableClass", getattr(table, "palisade_class", None))
        keep_maximum(table, asked)
        table.attr = [one for one in table.attr if one["AttributeName"] in table.attribute_keys]
        return ActionResult(table.describe())

    handler_class.update_table = update_table


def _begin_another_stream(backend_class: Any) -> None:
    """AWS: a table whose stream has ended takes another one, and writes. moto: fails at each write from then on."""

    def update_table_streams(backend: Any, table: Any, stream_specification: Any) -> None:
        if bool(stream_specification.get("StreamEnabled")) == bool(table.stream_specification["StreamEnabled"]):
            state = "already has an enabled stream" if table.stream_specification["StreamEnabled"] else "has no stream"
            raise validation_error(f"Table {state}: {table.name}")
        table.set_stream_specification(stream_specification)
        if not table.stream_specification["StreamEnabled"]:
            table.stream_shard = None

    backend_class.update_table_streams = update_table_streams


def _be_busy_for_a_while(table_class: Any, handler_class: Any) -> None:
    """AWS: a table is UPDATING after most changes, and takes no other meanwhile. moto: is done at once.

    It is seen so once, and done when it is looked at the next time, so that nobody depends on the clock.
    """
    describe, update = table_class.describe, handler_class.update_table

    def described(table: Any, base_key: str = "TableDescription") -> Any:
        answer = describe(table, base_key)
        busy = getattr(table, "palisade_busy", None)
        if busy is not None:
            told = answer[base_key]
            told["TableStatus"] = "UPDATING"
            for index in told["GlobalSecondaryIndexes"]:
                index["IndexStatus"] = "CREATING" if index["IndexName"] in busy else index["IndexStatus"]
            if base_key == "Table":
                table.palisade_busy = None
        return answer

    def update_table(handler: Any) -> Any:
        table = handler.dynamodb_backend.get_table(handler.body["TableName"])
        if getattr(table, "palisade_busy", None) is not None:
            message = f"Attempt to change a resource which is still in use: Table is being updated: {table.name}"
            raise AwsError("ResourceInUseException", message)
        answer = update(handler)
        updates = handler.body.get("GlobalSecondaryIndexUpdates", [])
        if any(name in handler.body for name in SLOW):
            table.palisade_busy = {one["Create"]["IndexName"] for one in updates if "Create" in one}
        return answer

    table_class.describe, handler_class.update_table = described, update_table
