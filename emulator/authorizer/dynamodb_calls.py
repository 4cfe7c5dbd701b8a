# SPDX-License-Identifier: GPL-3.0-or-later
"""DynamoDB: which tables and indexes a request names, and which of its keys and attributes.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazondynamodb.html
https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/specifying-conditions.html
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from emulator.authorizer.call import HttpRequest, Need
from emulator.authorizer.inventory import Inventory
from emulator.settings import ACCOUNT_ID

ON_NOTHING = frozenset({"DescribeEndpoints", "DescribeLimits", "ListBackups", "ListExports", "ListGlobalTables"})
ON_NOTHING |= {"DescribeReservedCapacity", "ListImports", "ListStreams", "ListTables"}
NAMED_BY_ARN = ("StreamArn", "BackupArn", "ExportArn", "ImportArn", "ResourceArn", "TableArn")
BATCHES = frozenset({"BatchGetItem", "BatchWriteItem"})
TRANSACTIONS = frozenset({"TransactGetItems", "TransactWriteItems"})
STATEMENTS = frozenset({"BatchExecuteStatement", "ExecuteStatement", "ExecuteTransaction"})
# A transaction is judged by the actions it is made of.
PARTS = {"Get": "GetItem", "Put": "PutItem", "Update": "UpdateItem", "Delete": "DeleteItem"}
PARTS["ConditionCheck"] = "ConditionCheckItem"
PARTIQL = re.compile(
    r'\s*(?P<verb>SELECT|INSERT|UPDATE|DELETE)\b.*?(?:FROM|INTO|(?<=UPDATE))\s+"?(?P<table>[\w.-]+?)"?'
    r'(?:\."(?P<index>[\w.-]+)")?(?:\s|$)',
    re.IGNORECASE | re.DOTALL,
)
EXPRESSIONS = (
    "ConditionExpression",
    "FilterExpression",
    "KeyConditionExpression",
    "ProjectionExpression",
    "UpdateExpression",
)
NAME = re.compile(r"(?<![\w:#.])[A-Za-z_]\w*(?!\w|\s*\()")
KEYWORDS = frozenset({"and", "or", "not", "between", "in", "set", "remove", "add", "delete"})
EQUALS = re.compile(r"(#?\w+)\s*=\s*(:\w+)")

Json = Mapping[str, Any]


def needs(http: HttpRequest, inventory: Inventory) -> tuple[tuple[Need, ...], bool]:
    """Return what a request needs, and whether that is all a policy could ask for."""
    reader = _Reader(http, inventory)
    try:
        found = tuple(reader.read(http.operation or "UnknownAction", http.arguments))
    except (AttributeError, KeyError, StopIteration, TypeError):
        # Not shaped as DynamoDB's requests are: nothing to judge, and DynamoDB would refuse it.
        found = ()
    return found or (Need(f"dynamodb:{http.operation or 'UnknownAction'}"),), bool(found) and not reader.partial


class _Reader:
    def __init__(self, http: HttpRequest, inventory: Inventory) -> None:
        self._tables = f"arn:aws:dynamodb:{http.region}:{ACCOUNT_ID}:table/"
        self._inventory = inventory
        self.partial = False

    def read(self, operation: str, body: Json) -> Iterator[Need]:
        if operation in ON_NOTHING:
            return iter([Need(f"dynamodb:{operation}")])
        if operation in BATCHES:
            return (self._batch(operation, table, content) for table, content in body["RequestItems"].items())
        if operation in TRANSACTIONS:
            return self._transaction(operation, body)
        if operation in STATEMENTS:
            return self._statements(body)
        if "TableName" in body:
            return iter([self._on_table(operation, body, {})])
        named = [body[name] for name in NAMED_BY_ARN if name in body][:1]
        arns = self._restored(body) if "TargetTableName" in body else named
        return (Need(f"dynamodb:{operation}", arn) for arn in arns)

    def _restored(self, body: Json) -> list[str]:
        """Return what a table is restored from: a table; or a backup, and then the target is asked for, too.

        What a restore does to its target in the caller's name says `implied_calls`.
        """
        if "BackupArn" in body:
            return [body["BackupArn"], self._arn(body["TargetTableName"])]
        return [body.get("SourceTableArn") or self._arn(body["SourceTableName"])]

    def _transaction(self, operation: str, body: Json) -> Iterator[Need]:
        for item in body["TransactItems"]:
            for part, content in item.items():
                yield self._on_table(PARTS[part], content, {"dynamodb:enclosingoperation": (operation,)})

    def _on_table(self, operation: str, body: Json, extra: Json) -> Need:
        table, index = body["TableName"], body.get("IndexName", "")
        name = table.rpartition("/")[2]
        context: dict[str, tuple[str, ...]] = {
            "dynamodb:leadingkeys": self._leading(name, index, body),
            "dynamodb:attributes": tuple(sorted(set(_attributes(body)))),
            **{f"dynamodb:{key.lower()}": (body[key],) for key in ("Select", "ReturnValues") if key in body},
            **extra,
        }
        filled = {key: values for key, values in context.items() if values}
        return Need(f"dynamodb:{operation}", self._arn(table, index), filled)

    def _batch(self, operation: str, table: str, content: Any) -> Need:
        """Return one need for all items of a table."""
        if isinstance(content, Mapping):
            parts: list[Json] = [{**content, "Key": key} for key in content.get("Keys", [])]
        else:
            parts = [next(iter(request.values())) for request in content]
        name = table.rpartition("/")[2]
        leading = dict.fromkeys(value for part in parts for value in self._leading(name, "", part))
        attributes = {attribute for part in parts for attribute in _attributes(part)}
        context = {"dynamodb:leadingkeys": tuple(leading), "dynamodb:attributes": tuple(sorted(attributes))}
        return Need(f"dynamodb:{operation}", self._arn(table), {key: found for key, found in context.items() if found})

    def _statements(self, body: Json) -> Iterator[Need]:
        """PartiQL: the tables are read from the text; the keys are not, so a condition on them cannot be judged."""
        self.partial = True
        for item in body.get("Statements") or body.get("TransactStatements") or [body]:
            match = PARTIQL.match(item.get("Statement", ""))
            if match is None:
                yield Need("dynamodb:PartiQLUnknown")
                continue
            verb = match["verb"].capitalize()
            yield Need(f"dynamodb:PartiQL{verb}", self._arn(match["table"], match["index"] or ""))

    def _arn(self, table: str, index: str = "") -> str:
        arn = table if table.startswith("arn:") else f"{self._tables}{table}"
        return f"{arn}/index/{index}" if index else arn

    def _leading(self, table: str, index: str, body: Json) -> tuple[str, ...]:
        """Return the partition key's values: of the item, of its key, or of a query's condition."""
        name = self._inventory.partition_key(table, index)
        if name is None:
            return ()
        for part in ("Key", "Item"):
            if name in body.get(part, {}):
                return (_text(body[part][name]),)
        if legacy := body.get("KeyConditions", {}).get(name):
            return tuple(_text(value) for value in legacy.get("AttributeValueList", []))
        names, values = body.get("ExpressionAttributeNames", {}), body.get("ExpressionAttributeValues", {})
        pairs = EQUALS.findall(body.get("KeyConditionExpression", ""))
        return tuple(_text(values[value]) for left, value in pairs if names.get(left, left) == name and value in values)


def _text(value: Json) -> str:
    """Return the one value in `{"S": "..."}`."""
    return str(next(iter(value.values())))


def _attributes(body: Json) -> Iterable[str]:
    """Return the top-level attributes that a request names."""
    yield from body.get("Key", {})
    yield from body.get("Item", {})
    yield from body.get("AttributesToGet", [])
    for legacy in ("AttributeUpdates", "Expected", "KeyConditions", "QueryFilter", "ScanFilter"):
        yield from body.get(legacy, {})
    yield from body.get("ExpressionAttributeNames", {}).values()
    for expression in EXPRESSIONS:
        yield from (word for word in NAME.findall(body.get(expression, "")) if word.lower() not in KEYWORDS)
