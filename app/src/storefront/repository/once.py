# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the parts of the repository share: the table, and the record that makes a request happen once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from storefront.domain import IdempotencyKeyReused, Once
from storefront.repository.calls import ConditionFailed, Writer, storage_errors
from storefront.repository.items import epoch, single_key

if TYPE_CHECKING:
    from types_boto3_dynamodb import DynamoDBClient
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef, PutTypeDef, TransactWriteItemTypeDef

    from storefront.repository.items import Item

# For how long a key is known: https://docs.stripe.com/api/idempotent_requests forgets after a day, too.
KEPT = timedelta(days=1)


class Table:
    """The table, and how to read and write what is in it."""

    def __init__(self, client: DynamoDBClient, name: str) -> None:
        self.client = client
        self.name = name
        self.writer = Writer(client)

    def read(self, key: Item) -> Item | None:
        """Return an item as the last write left it."""
        with storage_errors():
            return self.client.get_item(TableName=self.name, Key=key, ConsistentRead=True).get("Item")

    def queried(self, **query: Any) -> Iterator[Item]:
        """Yield all that a query finds, page by page; raise StorageUnavailable on the way."""
        start: dict[str, Any] = {}
        while True:
            with storage_errors():
                answer = self.client.query(TableName=self.name, **query, **start)
            yield from answer["Items"]
            if "LastEvaluatedKey" not in answer:
                return
            start = {"ExclusiveStartKey": answer["LastEvaluatedKey"]}

    def put(self, item: Item) -> PutTypeDef:
        """Return how to write an item that is new."""
        return {
            "TableName": self.name,
            "Item": item,
            "ConditionExpression": "attribute_not_exists(pk)",
            "ReturnValuesOnConditionCheckFailure": "ALL_OLD",
        }

    def record(self, once: Once, made: str) -> TransactWriteItemTypeDef:
        """Return how to note what a request makes, which fails if its key is known."""
        now = datetime.now(UTC)
        put = self.put(
            {
                **single_key("ONCE", once.key),
                "fingerprint": {"S": once.fingerprint},
                "made": {"S": made},
                "expires_at": epoch(now + KEPT),
            }
        )
        # DynamoDB deletes what has expired within days only: until then it is there, and does not count.
        put["ConditionExpression"] = "attribute_not_exists(pk) OR expires_at < :now"
        put["ExpressionAttributeValues"] = {":now": epoch(now)}
        return {"Put": put}

    def recorded(self, error: ConditionFailed, part: int, once: Once) -> str | None:
        """Return what the key made before, if that is why; raise IdempotencyKeyReused if it was for another request."""
        return _made(error.failed[part], once) if part in error.failed else None

    def earlier(self, once: Once) -> str | None:
        """Return what the key made before, if anything; raise IdempotencyKeyReused if it was for another request."""
        item = self.read(single_key("ONCE", once.key))
        known = item is not None and int(item["expires_at"]["N"]) >= datetime.now(UTC).timestamp()
        return _made(item, once) if item is not None and known else None


def _made(item: Mapping[str, AttributeValueTypeDef], once: Once) -> str:
    if item["fingerprint"]["S"] != once.fingerprint:
        raise IdempotencyKeyReused
    return item["made"]["S"]
