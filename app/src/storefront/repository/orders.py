# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Orders: by id, and through the indexes by customer and by status."""

from __future__ import annotations

import heapq
import uuid
from collections.abc import Iterator
from datetime import datetime
from typing import TYPE_CHECKING, Any

from storefront.domain import (
    ORDER_STATUSES,
    Once,
    Order,
    OrderNotFound,
    OrderPage,
    OrderStatus,
    Record,
    Reservation,
    ReservationEnded,
    StaleVersion,
    Wish,
    sell,
)
from storefront.repository import moves
from storefront.repository.calls import ConditionFailed, storage_errors
from storefront.repository.items import (
    BY_CUSTOMER,
    BY_STATUS,
    order_item,
    single_key,
    to_order,
    to_order_record,
    to_reservation,
)
from storefront.repository.reservations import Reservations

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef


class Orders(Reservations):
    """The part of the repository that knows orders."""

    def buy(self, wish: Wish, now: datetime, once: Once) -> Order:
        """Take pieces off the shelf and sell them; raise ProductNotFound or OutOfStock."""
        new_id = uuid.uuid4().hex
        return self.take(wish, once, lambda product: sell(product, wish, new_id, now), order_item, self.order)

    def confirm(self, reservation_id: str, now: datetime, once: Once) -> Order:
        """Make an order of a reservation; raise ReservationNotFound or ReservationEnded."""
        reservation = self.reservation(reservation_id)
        try:
            return self._confirm(reservation, reservation.order(uuid.uuid4().hex, now), once)
        except ReservationEnded:
            # Maybe by this very request, whose answer got lost.
            if earlier := self.earlier(once):
                return self.order(earlier)
            raise

    def _confirm(self, reservation: Reservation, order: Order, once: Once) -> Order:
        parts: list[TransactWriteItemTypeDef] = [
            moves.confirm(self.name, reservation, order.placed_at),
            {"Put": self.put(order_item(order))},
            self.record(once, order.id),
        ]
        try:
            self.writer.transact(parts)
        except ConditionFailed as error:
            if earlier := self.recorded(error, 2, once):
                return self.order(earlier)
            found = to_reservation(error.failed[0])
            raise ReservationEnded("expired" if found.status == "held" else found.status) from error
        return order

    def order(self, order_id: str) -> Order:
        """Return an order; raise OrderNotFound if there is none."""
        item = self.read(single_key("ORDER", order_id))
        if item is None:
            raise OrderNotFound(order_id)
        return to_order(item)

    def settle(self, order_id: str, status: OrderStatus, version: int) -> Order:
        """Ship or cancel an order; raise OrderNotFound, StaleVersion or OrderSettled. Cancelled pieces go back."""
        order = self.order(order_id)
        settled = order.settle(status, version)
        parts = [moves.settle(self.name, order, status)]
        if status == "cancelled":
            parts.append(moves.put_back(self.name, order))
        try:
            self._settle(parts)
        except ConditionFailed as error:
            found = to_order(error.failed[0])
            if found != settled:  # else our own first attempt, whose answer got lost
                raise StaleVersion(found.version) from error
        return settled

    def _settle(self, parts: list[TransactWriteItemTypeDef]) -> None:
        try:
            self.writer.transact(parts)
        except ConditionFailed as error:
            if 0 in error.failed:
                raise
            self.writer.transact(parts[:1])  # the product is gone, with its shelf

    def orders_of(self, customer_id: str, limit: int, after: str | None = None) -> OrderPage:
        """Return the orders of a customer, the newest first."""
        return self._orders(BY_CUSTOMER, "customer_key", customer_id, limit, after)

    def orders_in(self, status: OrderStatus, limit: int, after: str | None = None) -> OrderPage:
        """Return the orders that have a status, the newest first."""
        return self._orders(BY_STATUS, "status_key", status, limit, after)

    def order_records(self) -> Iterator[Record]:
        """Yield what is stored of every order, in the order in which they were placed; what is new may be missing."""
        found = (self.in_status(f"ORDERS#{status}") for status in ORDER_STATUSES)
        return heapq.merge(*(map(to_order_record, items) for items in found), key=lambda record: record.id)

    def _orders(self, index: str, key: str, value: str, limit: int, after: str | None) -> OrderPage:
        start: dict[str, Any] = {}
        partition = {"S": f"ORDERS#{value}"}
        if after is not None:
            place = {key: partition, "listed_at": {"S": after}}
            start["ExclusiveStartKey"] = {**place, **single_key("ORDER", after.rpartition("#")[2])}
        with storage_errors():
            answer = self.client.query(
                TableName=self.name,
                IndexName=index,
                KeyConditionExpression=f"{key} = :value",
                ExpressionAttributeValues={":value": partition},
                ScanIndexForward=False,
                Limit=limit + 1,  # one more tells whether there is a next page
                **start,
            )
        items = answer["Items"][:limit]
        more = len(answer["Items"]) > limit or "LastEvaluatedKey" in answer
        return OrderPage(tuple(to_order(item) for item in items), items[-1]["listed_at"]["S"] if more else None)
