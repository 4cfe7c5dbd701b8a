# SPDX-License-Identifier: GPL-3.0-or-later
"""What requests of DynamoDB ask for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from emulator.authorizer.call import HttpRequest, Need
from emulator.authorizer.reading import read_call
from tests.unit.emulator.authorizer.captured_requests import HERE, REGION, Inventory, call, pairs

TABLE = f"arn:aws:dynamodb:{HERE}:table/shop"
ITEM = {"pk": {"S": "cup"}, "sk": {"N": "1"}}


@pytest.mark.parametrize(
    ("operation", "parameters", "needs"),
    [
        ("get_item", {"TableName": "shop", "Key": ITEM}, [("GetItem", TABLE)]),
        ("get_item", {"TableName": TABLE, "Key": ITEM}, [("GetItem", TABLE)]),
        ("put_item", {"TableName": "shop", "Item": ITEM}, [("PutItem", TABLE)]),
        ("scan", {"TableName": "shop"}, [("Scan", TABLE)]),
        ("query", {"TableName": "shop", "IndexName": "by-order"}, [("Query", f"{TABLE}/index/by-order")]),
        ("describe_table", {"TableName": "shop"}, [("DescribeTable", TABLE)]),
        (
            "restore_table_to_point_in_time",
            {"SourceTableName": "shop", "TargetTableName": "copy", "UseLatestRestorableTime": True},
            [("RestoreTableToPointInTime", TABLE)],
        ),
        (
            "restore_table_to_point_in_time",
            {"SourceTableArn": TABLE, "TargetTableName": "copy", "UseLatestRestorableTime": True},
            [("RestoreTableToPointInTime", TABLE)],
        ),
        (
            "restore_table_from_backup",
            {"BackupArn": f"{TABLE}/backup/1", "TargetTableName": "copy"},
            [
                ("RestoreTableFromBackup", f"{TABLE}/backup/1"),
                ("RestoreTableFromBackup", TABLE.replace("shop", "copy")),
            ],
        ),
        ("list_tables", {}, [("ListTables", "*")]),
        ("list_tags_of_resource", {"ResourceArn": TABLE}, [("ListTagsOfResource", TABLE)]),
        (
            "batch_get_item",
            {"RequestItems": {"shop": {"Keys": [ITEM]}, "other": {"Keys": [ITEM]}}},
            [("BatchGetItem", TABLE), ("BatchGetItem", TABLE.replace("shop", "other"))],
        ),
        (
            "batch_write_item",
            {"RequestItems": {"shop": [{"PutRequest": {"Item": ITEM}}], "other": [{"DeleteRequest": {"Key": ITEM}}]}},
            [("BatchWriteItem", TABLE), ("BatchWriteItem", TABLE.replace("shop", "other"))],
        ),
        (
            "transact_write_items",
            {
                "TransactItems": [
                    {"Put": {"TableName": "shop", "Item": ITEM}},
                    {"Delete": {"TableName": "other", "Key": ITEM}},
                    {"ConditionCheck": {"TableName": "shop", "Key": ITEM, "ConditionExpression": "a = b"}},
                ]
            },
            [("PutItem", TABLE), ("DeleteItem", TABLE.replace("shop", "other")), ("ConditionCheckItem", TABLE)],
        ),
        ("transact_get_items", {"TransactItems": [{"Get": {"TableName": "shop", "Key": ITEM}}]}, [("GetItem", TABLE)]),
    ],
)
def test_every_table_of_a_request_is_asked_for(
    operation: str, parameters: Mapping[str, Any], needs: list[tuple[str, str]]
) -> None:
    found = call("dynamodb", operation, **parameters)
    assert pairs(found) == [(f"dynamodb:{action}", resource) for action, resource in needs]
    assert (found.service, found.understood) == ("dynamodb", True)


@pytest.mark.parametrize(
    ("operation", "parameters", "values"),
    [
        ("get_item", {"Key": ITEM}, ("cup",)),
        ("put_item", {"Item": {**ITEM, "pk": {"N": "7"}}}, ("7",)),
        ("query", {"KeyConditionExpression": "pk = :pk", "ExpressionAttributeValues": {":pk": {"S": "cup"}}}, ("cup",)),
        (
            "query",
            {
                "KeyConditionExpression": "#a = :a and sk = :b",
                "ExpressionAttributeNames": {"#a": "pk"},
                "ExpressionAttributeValues": {":a": {"S": "cup"}, ":b": {"N": "1"}},
            },
            ("cup",),
        ),
        (
            "query",
            {
                "IndexName": "by-order",
                "KeyConditionExpression": "pk = :a and order = :b",
                "ExpressionAttributeValues": {":a": {"S": "cup"}, ":b": {"S": "o-1"}},
            },
            ("o-1",),
        ),
        ("scan", {}, ()),
    ],
)
def test_partition_keys_are_a_condition(operation: str, parameters: Mapping[str, Any], values: tuple[str, ...]) -> None:
    (need,) = call("dynamodb", operation, TableName="shop", **parameters).needs
    assert need.context.get("dynamodb:leadingkeys", ()) == values


def test_the_keys_of_a_batch_are_all_there() -> None:
    items = [{"PutRequest": {"Item": {**ITEM, "pk": {"S": name}}}} for name in ("cup", "pot", "cup")]
    (need,) = call("dynamodb", "batch_write_item", RequestItems={"shop": items}).needs
    assert need.context["dynamodb:leadingkeys"] == ("cup", "pot")


def test_attributes_are_a_condition() -> None:
    (need,) = call(
        "dynamodb",
        "update_item",
        TableName="shop",
        Key=ITEM,
        UpdateExpression="SET stock = stock - :n, #p.cents = :p REMOVE note",
        ConditionExpression="attribute_exists(pk) AND size(tags) > :n",
        ExpressionAttributeNames={"#p": "price"},
        ExpressionAttributeValues={":n": {"N": "1"}, ":p": {"N": "2"}},
        ReturnValues="ALL_NEW",
    ).needs
    assert need.context["dynamodb:attributes"] == ("note", "pk", "price", "sk", "stock", "tags")
    assert need.context["dynamodb:returnvalues"] == ("ALL_NEW",)


@pytest.mark.parametrize(
    ("statement", "need"),
    [
        ('SELECT * FROM "shop" WHERE pk = ?', ("PartiQLSelect", TABLE)),
        ('select * from shop."by-order" where a = 1', ("PartiQLSelect", f"{TABLE}/index/by-order")),
        ("INSERT INTO \"shop\" VALUE {'pk': ?}", ("PartiQLInsert", TABLE)),
        ('UPDATE "shop" SET a = 1 WHERE pk = ?', ("PartiQLUpdate", TABLE)),
        ("DELETE FROM shop WHERE pk = ?", ("PartiQLDelete", TABLE)),
        ("EXPLAIN shop", ("PartiQLUnknown", "*")),
    ],
)
def test_partiql_names_its_table_but_is_never_fully_understood(statement: str, need: tuple[str, str]) -> None:
    found = call("dynamodb", "execute_statement", Statement=statement)
    assert pairs(found) == [(f"dynamodb:{need[0]}", need[1])]
    assert not found.understood


def test_a_malformed_request_is_no_crash() -> None:
    body = b'{"TransactItems": [{"Put": {}}, "x"]}'
    headers = {"x-amz-target": "DynamoDB_20120810.TransactWriteItems"}
    found = read_call(HttpRequest("dynamodb", REGION, "POST", "", "/", headers=headers, body=body), Inventory())
    assert (found.needs, found.understood) == ((Need("dynamodb:TransactWriteItems"),), False)
