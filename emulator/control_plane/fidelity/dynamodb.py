# SPDX-License-Identifier: GPL-3.0-or-later
"""DynamoDB as AWS answers it: what a table has besides its items."""

from __future__ import annotations

import uuid
from typing import Any

from moto.core.responses import ActionResult
from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import GlobalSecondaryIndex, Table
from moto.dynamodb.responses import DynamoHandler
from moto.kms.models import kms_backends

from emulator.control_plane.fidelity.error import AwsError


def apply() -> None:
    """Install the patches."""
    _describe_tables(Table)
    _describe_indexes(GlobalSecondaryIndex)
    _create_all_that_was_asked_for(DynamoHandler)
    _forget_policies_of_deleted_tables(DynamoDBBackend)
    _switch_time_to_live_once(DynamoDBBackend)
    _have_contributor_insights(DynamoHandler)


def validation_error(message: str) -> AwsError:
    """Return the error that DynamoDB answers a malformed request with."""
    return AwsError("ValidationException", message)


def _describe_tables(table_class: Any) -> None:
    """AWS: tells id, class and maximum of a table. moto: no one, and `community.aws.dynamodb_table` asks."""
    original = table_class.describe

    def describe(table: Any, base_key: str = "TableDescription") -> Any:
        answer = original(table, base_key)
        table.palisade_id = getattr(table, "palisade_id", None) or str(uuid.uuid4())
        told = answer[base_key]
        told.setdefault("TableId", table.palisade_id)
        if getattr(table, "palisade_class", None):
            told["TableClassSummary"] = {"TableClass": table.palisade_class}
        if getattr(table, "palisade_maximum", None):
            told["OnDemandThroughput"] = table.palisade_maximum
        return answer

    table_class.describe = describe


def _describe_indexes(index_class: Any) -> None:
    """AWS: tells the maximum of an index. moto: forgets it."""
    describe, create, update = index_class.describe, index_class.create, index_class.update

    def described(index: Any) -> Any:
        maximum = getattr(index, "palisade_maximum", None)
        return {**describe(index), **({"OnDemandThroughput": maximum} if maximum else {})}

    def created(asked: Any, table_key_attrs: list[str]) -> Any:
        index = create(asked, table_key_attrs)
        index.palisade_maximum = asked.get("OnDemandThroughput")
        return index

    def updated(index: Any, asked: Any) -> None:
        update(index, asked)
        keep_maximum(index, asked)

    index_class.describe, index_class.create, index_class.update = described, staticmethod(created), updated


def keep_maximum(owner: Any, asked: Any) -> None:
    """Keep what OnDemandThroughput says of a table or an index; -1 removes a maximum."""
    if asked.get("OnDemandThroughput"):
        kept = {**(getattr(owner, "palisade_maximum", None) or {}), **asked["OnDemandThroughput"]}
        owner.palisade_maximum = {name: units for name, units in kept.items() if units > 0}


def key_arn(backend: Any, key_id: str) -> str:
    """Return the ARN of a key by its id, ARN or alias; raise what DynamoDB answers for one that cannot be used."""
    keys = kms_backends[backend.account_id][backend.region_name]
    try:
        key = keys.describe_key(key_id)
    except Exception as error:
        raise validation_error(f"KMS key {key_id} does not exist") from error
    if not key.enabled:
        raise validation_error(f"KMS key {key_id} is not enabled")
    return str(key.arn)


def _create_all_that_was_asked_for(handler_class: Any) -> None:
    """AWS: a table has its class, maximum, policy and key from its first moment. moto: ignores all but the key.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateTable.html
    """
    original = handler_class.create_table

    def create_table(handler: Any) -> Any:
        backend, asked = handler.dynamodb_backend, handler.body
        encryption = asked.get("SSESpecification") or {}
        if encryption.get("KMSMasterKeyId"):
            encryption["KMSMasterKeyId"] = key_arn(backend, encryption["KMSMasterKeyId"])
        original(handler)
        table = backend.get_table(asked["TableName"])
        table.palisade_class = asked.get("TableClass")
        keep_maximum(table, asked)
        if asked.get("ResourcePolicy"):
            backend.put_resource_policy(table.table_arn, asked["ResourcePolicy"], None)
        return ActionResult(table.describe())

    handler_class.create_table = create_table


def _forget_policies_of_deleted_tables(backend_class: Any) -> None:
    """AWS: the policy goes with its table. moto: the next table of the name has it."""
    original = backend_class.delete_table

    def delete_table(backend: Any, name: str) -> Any:
        table = original(backend, name)
        backend.resource_policies.pop(table.table_arn, None)
        return table

    backend_class.delete_table = delete_table


def _switch_time_to_live_once(backend_class: Any) -> None:
    """AWS: refuses what is as asked for already, another attribute, and one of the key. moto: takes all of it.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTimeToLive.html
    """
    original = backend_class.update_time_to_live

    def update_time_to_live(backend: Any, table_name: str, ttl_spec: Any) -> None:
        table = backend.get_table(table_name)
        enabled = table.ttl["TimeToLiveStatus"] == "ENABLED"
        if ttl_spec["AttributeName"] in table.table_key_attrs:
            raise validation_error("TimeToLive attribute must not be part of the primary key")
        if ttl_spec["Enabled"] == enabled:
            raise validation_error(f"TimeToLive is already {'enabled' if enabled else 'disabled'}")
        if enabled and ttl_spec["AttributeName"] != table.ttl["AttributeName"]:
            raise validation_error(f"TimeToLive is active on a different AttributeName: {table.ttl['AttributeName']}")
        original(backend, table_name, ttl_spec)

    backend_class.update_time_to_live = update_time_to_live


def _have_contributor_insights(handler_class: Any) -> None:
    """AWS: a table has contributor insights, off at first. moto: knows neither operation."""

    def describe_contributor_insights(handler: Any) -> Any:
        table = handler.dynamodb_backend.get_table(handler.body["TableName"])
        mode = getattr(table, "palisade_insights", "")
        status = {"ContributorInsightsStatus": "ENABLED" if mode else "DISABLED"}
        return ActionResult(
            {"TableName": table.name, **status, **({"ContributorInsightsMode": mode} if mode else {})},
        )

    def update_contributor_insights(handler: Any) -> Any:
        table, asked = handler.dynamodb_backend.get_table(handler.body["TableName"]), handler.body
        on = asked["ContributorInsightsAction"] == "ENABLE"
        table.palisade_insights = asked.get("ContributorInsightsMode", "ACCESSED_AND_THROTTLED_KEYS") if on else ""
        return ActionResult({"TableName": table.name, "ContributorInsightsStatus": "ENABLING" if on else "DISABLING"})

    handler_class.describe_contributor_insights = describe_contributor_insights
    handler_class.update_contributor_insights = update_contributor_insights
