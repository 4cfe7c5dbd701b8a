# SPDX-License-Identifier: GPL-3.0-or-later
"""Transactions are undone as a whole, and cost as much in a large table as in a small one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import boto3
import pytest
from moto import mock_aws
from moto.dynamodb.models.dynamo_type import Item

from emulator.control_plane import fidelity

MANY = 200
KEYS = {"sorted": ("pk", "sk"), "plain": ("pk",)}


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    fidelity.apply()
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="eu-central-1", aws_access_key_id="anybody", aws_secret_access_key="none"
        )
        for table, names in KEYS.items():
            client.create_table(
                TableName=table,
                BillingMode="PAY_PER_REQUEST",
                AttributeDefinitions=[{"AttributeName": name, "AttributeType": "S"} for name in names],
                KeySchema=[{"AttributeName": name, "KeyType": "HASH" if name == "pk" else "RANGE"} for name in names],
            )
            for number in range(MANY):
                client.put_item(TableName=table, Item={**key(table, number), "stock": {"N": "5"}})
        yield client


def key(table: str, number: int) -> dict[str, Any]:
    return {name: {"S": str(number)} for name in KEYS[table]}


def taking(table: str, number: int, condition: str = "attribute_exists(pk)") -> dict[str, Any]:
    return {
        "Update": {
            "TableName": table,
            "Key": key(table, number),
            "UpdateExpression": "SET stock = stock - :one",
            "ConditionExpression": condition,
            "ExpressionAttributeValues": {":one": {"N": "1"}},
        }
    }


def contents(dynamodb: Any) -> dict[str, list[Any]]:
    return {table: dynamodb.scan(TableName=table)["Items"] for table in KEYS}


@pytest.mark.parametrize("table", KEYS)
def test_what_was_updated_put_and_removed_is_undone_if_another_part_fails(dynamodb: Any, table: str) -> None:
    before = contents(dynamodb)
    parts = [
        taking(table, 1),
        {"Put": {"TableName": table, "Item": {**key(table, 2), "stock": {"N": "9"}}}},
        {"Put": {"TableName": table, "Item": key(table, MANY)}},
        {"Delete": {"TableName": table, "Key": key(table, 3)}},
        taking("plain" if table == "sorted" else "sorted", 1),
        taking(table, MANY + 1),
    ]
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.transact_write_items(TransactItems=parts)
    assert contents(dynamodb) == before
    dynamodb.transact_write_items(TransactItems=parts[:-1])
    assert dynamodb.get_item(TableName=table, Key=key(table, 1))["Item"]["stock"] == {"N": "4"}
    assert len(contents(dynamodb)[table]) == MANY


def test_items_that_a_transaction_does_not_name_are_neither_copied_nor_remembered(
    dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    copied: list[Item] = []
    original = Item.__deepcopy__

    def counted(item: Item, memo: dict[int, Any]) -> Item:
        copied.append(item)
        return original(item, memo)

    remembered = len(Item.instances_tracked)
    monkeypatch.setattr(Item, "__deepcopy__", counted)
    dynamodb.transact_write_items(TransactItems=[taking("sorted", number) for number in range(2)])
    assert 0 < len(copied) < 10
    assert len(Item.instances_tracked) == remembered


def test_other_copies_of_a_table_share_nothing(dynamodb: Any) -> None:
    backup = dynamodb.create_backup(TableName="sorted", BackupName="before")["BackupDetails"]["BackupArn"]
    dynamodb.transact_write_items(TransactItems=[taking("sorted", 1)])
    dynamodb.update_item(
        TableName="sorted",
        Key=key("sorted", 2),
        UpdateExpression="SET stock = :none",
        ExpressionAttributeValues={":none": {"N": "0"}},
    )
    dynamodb.restore_table_from_backup(TargetTableName="copy", BackupArn=backup)
    assert {item["stock"]["N"] for item in dynamodb.scan(TableName="copy")["Items"]} == {"5"}
    assert contents(dynamodb)["sorted"] != dynamodb.scan(TableName="copy")["Items"]
