# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where products are kept. DynamoDB's types, keys and conditions stop here."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

from botocore.exceptions import BotoCoreError, ClientError, ParamValidationError

from storefront.domain import Product, ProductExists, ProductNotFound, ProductPage, Record, StorageUnavailable

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

PARTITION = "PRODUCTS"
SORT_KEY_PREFIX = "PRODUCT#"
# An item that never exists, in the partition that is read anyway: a policy with leading keys needs no exception.
READINESS_SORT_KEY = "READINESS"


class Repository(Protocol):
    """What the shop asks of a store. Every read sees every write that was answered before."""

    def add(self, product: Product) -> None:
        """Store a new product, or the very same one again; raise ProductExists if another has its id."""

    def get(self, product_id: str) -> Product:
        """Return a product; raise ProductNotFound if there is none."""

    def remove(self, product_id: str) -> None:
        """Remove a product; raise ProductNotFound if there is none."""

    def page(self, limit: int, after: str | None = None) -> ProductPage:
        """Return up to `limit` products whose ids come after `after`."""

    def ping(self) -> None:
        """Return if the store answers; raise StorageUnavailable if not."""


class DynamoRepository:
    """Products as the items of one partition, sorted by id, so that a list is a query and never a scan."""

    def __init__(self, client: DynamoDBClient, table: str) -> None:
        self._client = client
        self._table = table

    def add(self, product: Product) -> None:
        """Store a new product, or the very same one again; raise ProductExists if another has its id."""
        item = _to_item(product)
        with _storage_errors():
            try:
                self._client.put_item(
                    TableName=self._table,
                    Item=item,
                    ConditionExpression="attribute_not_exists(pk)",
                    ReturnValuesOnConditionCheckFailure="ALL_OLD",
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                # The SDK repeats a write whose answer got lost: what is in the way may be our own first attempt.
                if _conflicting_item(error) != item:
                    raise ProductExists(product.id) from error

    def get(self, product_id: str) -> Product:
        """Return a product; raise ProductNotFound if there is none."""
        with _storage_errors():
            answer = self._client.get_item(TableName=self._table, Key=_key(product_id), ConsistentRead=True)
        if "Item" not in answer:
            raise ProductNotFound(product_id)
        return _to_product(answer["Item"])

    def remove(self, product_id: str) -> None:
        """Remove a product; raise ProductNotFound if there is none."""
        with _storage_errors():
            try:
                self._client.delete_item(
                    TableName=self._table, Key=_key(product_id), ConditionExpression="attribute_exists(pk)"
                )
            except self._client.exceptions.ConditionalCheckFailedException as error:
                raise ProductNotFound(product_id) from error

    def page(self, limit: int, after: str | None = None) -> ProductPage:
        """Return up to `limit` products whose ids come after `after`."""
        start: dict[str, Any] = {} if after is None else {"ExclusiveStartKey": _key(after)}
        with _storage_errors():
            answer = self._client.query(
                TableName=self._table,
                KeyConditionExpression="pk = :partition AND begins_with(sk, :prefix)",
                ExpressionAttributeValues={":partition": {"S": PARTITION}, ":prefix": {"S": SORT_KEY_PREFIX}},
                ConsistentRead=True,
                Limit=limit + 1,  # one more tells whether there is a next page
                **start,
            )
        products = tuple(_to_product(item) for item in answer["Items"][:limit])
        more = len(answer["Items"]) > limit or "LastEvaluatedKey" in answer
        return ProductPage(products, products[-1].id if more else None)

    def records(self) -> Iterator[Record]:
        """Yield what is stored of every product, in the order of their ids; raise StorageUnavailable on the way."""
        start: dict[str, Any] = {}
        while True:
            with _storage_errors():
                answer = self._client.query(
                    TableName=self._table,
                    KeyConditionExpression="pk = :partition AND begins_with(sk, :prefix)",
                    ExpressionAttributeValues={":partition": {"S": PARTITION}, ":prefix": {"S": SORT_KEY_PREFIX}},
                    ConsistentRead=True,
                    **start,
                )
            yield from (_to_record(item) for item in answer["Items"])
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def ping(self) -> None:
        """Return if the table answers; raise StorageUnavailable if not."""
        with _storage_errors():
            self._client.get_item(TableName=self._table, Key={"pk": {"S": PARTITION}, "sk": {"S": READINESS_SORT_KEY}})


@contextmanager
def _storage_errors() -> Iterator[None]:
    """Turn what DynamoDB and the way to it do wrong into StorageUnavailable; a wrong request is our own mistake."""
    try:
        yield
    except ParamValidationError:
        raise
    except BotoCoreError as error:
        raise StorageUnavailable from error
    except ClientError as error:
        if error.response["Error"]["Code"] == "ValidationException":
            raise
        raise StorageUnavailable from error


def _conflicting_item(error: ClientError) -> Any:
    """Return the item that made a conditional write fail."""
    response: Mapping[str, Any] = error.response
    return response.get("Item")


def _key(product_id: str) -> dict[str, AttributeValueTypeDef]:
    return {"pk": {"S": PARTITION}, "sk": {"S": f"{SORT_KEY_PREFIX}{product_id}"}}


def _to_item(product: Product) -> dict[str, AttributeValueTypeDef]:
    return {
        **_key(product.id),
        "name": {"S": product.name},
        "price_cents": {"N": str(product.price_cents)},
        "stock": {"N": str(product.stock)},
        "created_at": {"S": product.created_at.isoformat()},
    }


def _to_product(item: Mapping[str, AttributeValueTypeDef]) -> Product:
    return Product(
        id=item["sk"]["S"].removeprefix(SORT_KEY_PREFIX),
        name=item["name"]["S"],
        price_cents=int(item["price_cents"]["N"]),
        stock=int(item["stock"]["N"]),
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
    )


def _to_record(item: Mapping[str, AttributeValueTypeDef]) -> Record:
    """Take all attributes into the digest, also those that the shop does not know."""
    digest = hashlib.sha256(json.dumps(item, sort_keys=True, default=repr).encode()).hexdigest()
    try:
        product = _to_product(item)
    except (KeyError, ValueError):
        return Record(item["sk"]["S"].removeprefix(SORT_KEY_PREFIX), digest, None)
    return Record(product.id, digest, product.created_at)
