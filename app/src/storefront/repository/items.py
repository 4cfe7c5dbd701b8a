# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How things lie in the table: keys, attributes and indexes. docs/application.md shows the access patterns."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, cast, get_args

from storefront.domain import Order, OrderStatus, Product, Record, Reservation, ReservationStatus

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import AttributeValueTypeDef

    Item = dict[str, AttributeValueTypeDef]

PARTITION = "PRODUCTS"
SORT_KEY_PREFIX = "PRODUCT#"
# An item that never exists, in the partition that is read anyway: a policy with leading keys needs no exception.
READINESS_SORT_KEY = "READINESS"
SETTINGS = "SETTINGS"
SIGNING_KEY = "SIGNING_KEY"
BY_CUSTOMER = "by-customer"
BY_STATUS = "by-status"
HELD = "RESERVATIONS#held"
# DynamoDB deletes what has expired within days, unasked: so nothing has an end that pieces still hang on.
RESERVATIONS_KEPT = timedelta(days=30)


def product_key(product_id: str) -> Item:
    """Return the key of a product."""
    return {"pk": {"S": PARTITION}, "sk": {"S": f"{SORT_KEY_PREFIX}{product_id}"}}


def single_key(kind: str, name: str) -> Item:
    """Return the key of what has a partition of its own."""
    return {"pk": {"S": f"{kind}#{name}"}, "sk": {"S": kind}}


def timestamp(moment: datetime) -> str:
    """Write a moment so that the order of the texts is that of the moments."""
    return moment.astimezone(UTC).isoformat(timespec="microseconds")


def epoch(moment: datetime) -> AttributeValueTypeDef:
    """Write a moment as DynamoDB's time to live takes it."""
    return {"N": str(int(moment.timestamp()))}


def product_item(product: Product) -> Item:
    """Return what is stored of a product."""
    item: Item = {
        **product_key(product.id),
        "name": {"S": product.name},
        "price_cents": {"N": str(product.price_cents)},
        "stock": {"N": str(product.stock)},
        "created_at": {"S": product.created_at.isoformat()},
        "version": {"N": str(product.version)},
    }
    if product.supplied is not None:
        item["supplied"] = {"N": str(product.supplied)}
    return item


def to_product(item: Mapping[str, AttributeValueTypeDef]) -> Product:
    """Read a product; one that was stored before there were versions has the first."""
    return Product(
        id=item["sk"]["S"].removeprefix(SORT_KEY_PREFIX),
        name=item["name"]["S"],
        price_cents=int(item["price_cents"]["N"]),
        stock=int(item["stock"]["N"]),
        created_at=datetime.fromisoformat(item["created_at"]["S"]),
        version=int(item["version"]["N"]) if "version" in item else 1,
        supplied=int(item["supplied"]["N"]) if "supplied" in item else None,
    )


def to_record(item: Mapping[str, AttributeValueTypeDef]) -> Record:
    """Return the record of a product."""
    return _record(item, item["sk"]["S"].removeprefix(SORT_KEY_PREFIX), lambda: to_product(item).created_at)


def to_order_record(item: Mapping[str, AttributeValueTypeDef]) -> Record:
    """Return the record of an order, by when it was placed."""
    return _record(item, item["listed_at"]["S"], lambda: to_order(item).placed_at)


def _record(item: Mapping[str, AttributeValueTypeDef], name: str, created_at: Callable[[], datetime]) -> Record:
    """Take all attributes into the digest, also those that the shop does not know."""
    digest = hashlib.sha256(json.dumps(item, sort_keys=True, default=repr).encode()).hexdigest()
    try:
        return Record(name, digest, created_at())
    except (KeyError, ValueError):
        return Record(name, digest, None)


def _sold_item(sold: Reservation | Order) -> Item:
    return {
        "customer_id": {"S": sold.customer_id},
        "product_id": {"S": sold.product_id},
        "product_name": {"S": sold.product_name},
        "product_created_at": {"S": sold.product_created_at.isoformat()},
        "unit_price_cents": {"N": str(sold.unit_price_cents)},
        "quantity": {"N": str(sold.quantity)},
        "status": {"S": sold.status},
    }


def _sold(item: Mapping[str, AttributeValueTypeDef]) -> dict[str, Any]:
    texts = {name: item[name]["S"] for name in ("customer_id", "product_id", "product_name")}
    numbers = {name: int(item[name]["N"]) for name in ("unit_price_cents", "quantity")}
    return {**texts, **numbers, "product_created_at": datetime.fromisoformat(item["product_created_at"]["S"])}


def reservation_item(reservation: Reservation) -> Item:
    """Return what is stored of a new reservation: both indexes have it while it holds something."""
    return {
        **single_key("RESERVATION", reservation.id),
        **_sold_item(reservation),
        "held_until": {"S": timestamp(reservation.held_until)},
        "customer_key": {"S": f"RESERVATIONS#{reservation.customer_id}"},
        "status_key": {"S": HELD},
        "listed_at": {"S": f"{timestamp(reservation.held_until)}#{reservation.id}"},
    }


def to_reservation(item: Mapping[str, AttributeValueTypeDef]) -> Reservation:
    """Read a reservation."""
    status = item["status"]["S"]
    assert status in get_args(ReservationStatus)  # noqa: S101 -- only this module writes it
    return Reservation(
        id=item["pk"]["S"].removeprefix("RESERVATION#"),
        status=cast(ReservationStatus, status),
        held_until=datetime.fromisoformat(item["held_until"]["S"]),
        **_sold(item),
    )


def order_item(order: Order) -> Item:
    """Return what is stored of an order."""
    return {
        **single_key("ORDER", order.id),
        **_sold_item(order),
        "placed_at": {"S": timestamp(order.placed_at)},
        "version": {"N": str(order.version)},
        "customer_key": {"S": f"ORDERS#{order.customer_id}"},
        "status_key": {"S": f"ORDERS#{order.status}"},
        "listed_at": {"S": f"{timestamp(order.placed_at)}#{order.id}"},
    }


def to_order(item: Mapping[str, AttributeValueTypeDef]) -> Order:
    """Read an order."""
    return Order(
        id=item["pk"]["S"].removeprefix("ORDER#"),
        status=cast(OrderStatus, item["status"]["S"]),
        placed_at=datetime.fromisoformat(item["placed_at"]["S"]),
        version=int(item["version"]["N"]),
        **_sold(item),
    )
