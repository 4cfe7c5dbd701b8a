# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Products: the items of one partition, sorted by id, so that a list is a query and never a scan."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from storefront.domain import (
    Once,
    Product,
    ProductChange,
    ProductExists,
    ProductNotFound,
    ProductPage,
    Record,
    StaleVersion,
)
from storefront.repository.calls import ConditionFailed, storage_errors
from storefront.repository.items import (
    PARTITION,
    SORT_KEY_PREFIX,
    product_item,
    product_key,
    to_product,
    to_record,
)
from storefront.repository.once import Table

ALL_PRODUCTS: dict[str, Any] = {
    "KeyConditionExpression": "pk = :partition AND begins_with(sk, :prefix)",
    "ExpressionAttributeValues": {":partition": {"S": PARTITION}, ":prefix": {"S": SORT_KEY_PREFIX}},
    "ConsistentRead": True,
}


class Products(Table):
    """The part of the repository that knows products."""

    def add(self, product: Product, once: Once | None = None) -> Product:
        """Store a new product, or the very same one again; raise ProductExists if another has its id."""
        item = product_item(product)
        put = self.put(item)
        try:
            if once is None:
                self.writer.attempt(lambda: self.client.put_item(**put))
            else:
                self.writer.transact([{"Put": put}, self.record(once, product.id)])
        except ConditionFailed as error:
            if once and (earlier := self.recorded(error, 1, once)):
                return self.get(earlier)
            # The SDK repeats a write whose answer got lost: what is in the way may be our own first attempt.
            if error.failed.get(0) != item:
                raise ProductExists(product.id) from error
        return product

    def get(self, product_id: str) -> Product:
        """Return a product; raise ProductNotFound if there is none."""
        item = self.read(product_key(product_id))
        if item is None:
            raise ProductNotFound(product_id)
        return to_product(item)

    def change(self, product_id: str, change: ProductChange, version: int) -> Product:
        """Change the product that the caller knows; raise ProductNotFound, or StaleVersion if it is another now."""
        changed = self.get(product_id).change(change, version)
        try:
            self.writer.attempt(lambda: self.client.update_item(TableName=self.name, **_update(changed, version)))
        except ConditionFailed as error:
            found = self.get(product_id)
            if found != changed:  # else our own first attempt, whose answer got lost
                raise StaleVersion(found.version) from error
        return changed

    def remove(self, product_id: str) -> None:
        """Remove a product; raise ProductNotFound if there is none."""
        try:
            self.writer.attempt(
                lambda: self.client.delete_item(
                    TableName=self.name, Key=product_key(product_id), ConditionExpression="attribute_exists(pk)"
                )
            )
        except ConditionFailed as error:
            raise ProductNotFound(product_id) from error

    def page(self, limit: int, after: str | None = None) -> ProductPage:
        """Return up to `limit` products whose ids come after `after`."""
        start: dict[str, Any] = {} if after is None else {"ExclusiveStartKey": product_key(after)}
        with storage_errors():
            # one more tells whether there is a next page
            answer = self.client.query(TableName=self.name, **ALL_PRODUCTS, Limit=limit + 1, **start)
        products = tuple(to_product(item) for item in answer["Items"][:limit])
        more = len(answer["Items"]) > limit or "LastEvaluatedKey" in answer
        return ProductPage(products, products[-1].id if more else None)

    def records(self) -> Iterator[Record]:
        """Yield what is stored of every product, in the order of their ids; raise StorageUnavailable on the way."""
        return map(to_record, self.queried(**ALL_PRODUCTS))


def _update(changed: Product, version: int) -> dict[str, Any]:
    """Return how to write a change of the product that has a version: it tells that all else is as it was read."""
    item = product_item(changed)
    names = [name for name in ("name", "price_cents", "stock", "version", "supplied") if name in item]
    return {
        "Key": product_key(changed.id),
        "UpdateExpression": "SET " + ", ".join(f"#{name} = :{name}" for name in names),
        "ConditionExpression": "created_at = :created_at AND "
        "(version = :read OR (attribute_not_exists(version) AND :read = :first))",
        "ExpressionAttributeNames": {f"#{name}": name for name in names},
        "ExpressionAttributeValues": {
            **{f":{name}": item[name] for name in (*names, "created_at")},
            ":read": {"N": str(version)},
            ":first": {"N": "1"},
        },
    }
