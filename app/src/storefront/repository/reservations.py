# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations: pieces leave the shelf, and come back, in the transaction that says where they are."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import TYPE_CHECKING, TypeVar

from storefront.domain import (
    CLOCK_TOLERANCE,
    Once,
    OutOfStock,
    Product,
    ProductNotFound,
    Reservation,
    ReservationEnded,
    ReservationNotFound,
    StorageBusy,
    Wish,
    hold,
)
from storefront.repository import moves
from storefront.repository.calls import ConditionFailed, storage_errors
from storefront.repository.items import (
    BY_CUSTOMER,
    BY_STATUS,
    HELD,
    reservation_item,
    single_key,
    timestamp,
    to_product,
    to_reservation,
)
from storefront.repository.products import Products

if TYPE_CHECKING:
    from types_boto3_dynamodb.type_defs import TransactWriteItemTypeDef

    from storefront.repository.items import Item

# How often the price may change between a read of the product and the sale.
PRICES = 3
T = TypeVar("T")


class Reservations(Products):
    """The part of the repository that knows reservations."""

    def reserve(self, wish: Wish, held_until: datetime, once: Once) -> Reservation:
        """Take pieces off the shelf and hold them; raise ProductNotFound or OutOfStock."""
        new_id = uuid.uuid4().hex
        return self.take(
            wish,
            once,
            lambda product: hold(product, wish, new_id, held_until),
            reservation_item,
            self.reservation,
        )

    def take(
        self,
        wish: Wish,
        once: Once,
        make: Callable[[Product], T],
        write: Callable[[T], Item],
        read: Callable[[str], T],
    ) -> T:
        """Take pieces off the shelf, write what is made of them, and note that it was made."""
        try:
            product = self.get(wish.product_id)
            for _ in range(PRICES):
                product.take(wish.quantity)
                made = make(product)
                item = write(made)
                made_id = item["pk"]["S"].partition("#")[2]
                try:
                    self.writer.transact(
                        [
                            moves.take(self.name, product, wish.quantity),
                            {"Put": self.put(item)},
                            self.record(once, made_id),
                        ]
                    )
                    return made
                except ConditionFailed as error:
                    if earlier := self.recorded(error, 2, once):
                        return read(earlier)
                    product = _found(error, wish.product_id)
        except (ProductNotFound, OutOfStock):
            # Maybe because this very request took the last piece, and its answer got lost.
            if earlier := self.earlier(once):
                return read(earlier)
            raise
        raise StorageBusy

    def reservation(self, reservation_id: str) -> Reservation:
        """Return a reservation; raise ReservationNotFound if there is none."""
        item = self.read(single_key("RESERVATION", reservation_id))
        if item is None:
            raise ReservationNotFound(reservation_id)
        return to_reservation(item)

    def release(self, reservation_id: str) -> Reservation:
        """Put held pieces back; raise ReservationNotFound, or ReservationEnded unless it was released before."""
        reservation = self.reservation(reservation_id)
        if reservation.status == "released":
            return reservation
        released = reservation.end("released")
        try:
            self._put_back(reservation, moves.release(self.name, reservation))
        except ReservationEnded as ended:
            # Our own first attempt, whose answer got lost, or another's: the same to the customer.
            if ended.status != "released":
                raise
        return released

    def expire(self, now: datetime, limit: int = 25) -> int:
        """Put the pieces back that were held too long, the oldest first; return how many holds ended."""
        with storage_errors():
            answer = self.client.query(
                TableName=self.name,
                IndexName=BY_STATUS,
                KeyConditionExpression="status_key = :held AND listed_at < :limit",
                ExpressionAttributeValues={
                    ":held": {"S": HELD},
                    ":limit": {"S": timestamp(now - CLOCK_TOLERANCE)},
                },
                Limit=limit,
            )
        return sum(self._expire(to_reservation(item), now) for item in answer["Items"])

    def _expire(self, reservation: Reservation, now: datetime) -> bool:
        try:
            self._put_back(reservation, moves.expire(self.name, reservation, now))
        except ReservationEnded:
            return False  # the index lags, or another task was faster
        return True

    def _put_back(self, reservation: Reservation, end: TransactWriteItemTypeDef) -> None:
        try:
            self.writer.transact([end, moves.put_back(self.name, reservation)])
        except ConditionFailed as error:
            if 0 in error.failed:
                raise ReservationEnded(to_reservation(error.failed[0]).status) from error
            self._end(end)  # the product is gone, with its shelf

    def _end(self, end: TransactWriteItemTypeDef) -> None:
        try:
            self.writer.transact([end])
        except ConditionFailed as error:
            raise ReservationEnded(to_reservation(error.failed[0]).status) from error

    def held(self) -> Iterator[Reservation]:
        """Yield what is held for anybody."""
        return map(to_reservation, self.in_status(HELD))

    def in_status(self, status_key: str) -> Iterator[Item]:
        """Yield what lies under a key of the index by status, in its order."""
        return self.queried(
            IndexName=BY_STATUS,
            KeyConditionExpression="status_key = :value",
            ExpressionAttributeValues={":value": {"S": status_key}},
        )

    def holds_of(self, customer_id: str, limit: int) -> tuple[Reservation, ...]:
        """Return what is held for a customer, the next to end first; what is over may be among it."""
        with storage_errors():
            answer = self.client.query(
                TableName=self.name,
                IndexName=BY_CUSTOMER,
                KeyConditionExpression="customer_key = :customer",
                ExpressionAttributeValues={":customer": {"S": f"RESERVATIONS#{customer_id}"}},
                Limit=limit,
            )
        return tuple(to_reservation(item) for item in answer["Items"])


def _found(error: ConditionFailed, product_id: str) -> Product:
    """Return the product as the transaction found it; what else failed would be an id that is not unique."""
    item = error.failed[0]
    if not item:
        raise ProductNotFound(product_id)
    return to_product(item)
