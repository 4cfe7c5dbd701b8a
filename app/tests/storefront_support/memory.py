# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository without a table; it passes the same contract tests as the real one."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime
from typing import TypeVar, cast

from storefront.domain import (
    CLOCK_TOLERANCE,
    IdempotencyKeyReused,
    Once,
    Order,
    OrderNotFound,
    OrderPage,
    OrderStatus,
    Product,
    ProductChange,
    ProductExists,
    ProductNotFound,
    ProductPage,
    Reservation,
    ReservationNotFound,
    ReservationStatus,
    Wish,
    hold,
    sell,
)

T = TypeVar("T")


class MemoryRepository:
    """Everything in dicts, one call at a time."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._products: dict[str, Product] = {}
        self._reservations: dict[str, Reservation] = {}
        self._orders: dict[str, Order] = {}
        self._made: dict[str, tuple[str, object]] = {}

    def add(self, product: Product, once: Once | None = None) -> Product:
        """Store a new product, or the very same one again; raise ProductExists if another has its id."""

        def make() -> str:
            if self._products.get(product.id, product) != product:
                raise ProductExists(product.id)
            self._products[product.id] = product
            return product.id

        return self.get(self._once(once, make))

    def get(self, product_id: str) -> Product:
        """Return a product; raise ProductNotFound if there is none."""
        try:
            return self._products[product_id]
        except KeyError:
            raise ProductNotFound(product_id) from None

    def change(self, product_id: str, change: ProductChange, version: int) -> Product:
        """Change the product that the caller knows; raise ProductNotFound, or StaleVersion if it is another now."""
        with self._lock:
            self._products[product_id] = self.get(product_id).change(change, version)
            return self._products[product_id]

    def remove(self, product_id: str) -> None:
        """Remove a product; raise ProductNotFound if there is none."""
        self.get(product_id)
        del self._products[product_id]

    def page(self, limit: int, after: str | None = None) -> ProductPage:
        """Return up to `limit` products whose ids come after `after`."""
        ids = [product_id for product_id in sorted(self._products) if after is None or product_id > after]
        products = tuple(self._products[product_id] for product_id in ids[:limit])
        return ProductPage(products, products[-1].id if len(ids) > limit else None)

    def reserve(self, wish: Wish, held_until: datetime, once: Once) -> Reservation:
        """Take pieces off the shelf and hold them; raise ProductNotFound or OutOfStock."""

        def make() -> str:
            product = self.get(wish.product_id)
            self._products[product.id] = product.take(wish.quantity)
            made = hold(product, wish, uuid.uuid4().hex, held_until)
            self._reservations[made.id] = made
            return made.id

        return self.reservation(self._once(once, make))

    def reservation(self, reservation_id: str) -> Reservation:
        """Return a reservation; raise ReservationNotFound if there is none."""
        if reservation_id not in self._reservations:
            raise ReservationNotFound(reservation_id)
        return self._reservations[reservation_id]

    def release(self, reservation_id: str) -> Reservation:
        """Put held pieces back; raise ReservationNotFound, or ReservationEnded unless it was released before."""
        with self._lock:
            reservation = self.reservation(reservation_id)
            return reservation if reservation.status == "released" else self._end(reservation, "released")

    def expire(self, now: datetime, limit: int = 25) -> int:
        """Put the pieces back that were held too long, the oldest first; return how many holds ended."""
        with self._lock:
            held = sorted((one.held_until, one.id) for one in self._reservations.values() if one.status == "held")
            over = [held_id for until, held_id in held if until < now - CLOCK_TOLERANCE][:limit]
            for reservation_id in over:
                self._end(self._reservations[reservation_id], "expired")
            return len(over)

    def held(self) -> Iterator[Reservation]:
        """Yield what is held for anybody."""
        yield from [one for one in self._reservations.values() if one.status == "held"]

    def holds_of(self, customer_id: str, limit: int) -> tuple[Reservation, ...]:
        """Return what is held for a customer, the next to end first; what is over may be among it."""
        holds = [one for one in self._reservations.values() if (one.customer_id, one.status) == (customer_id, "held")]
        return tuple(sorted(holds, key=lambda one: (one.held_until, one.id))[:limit])

    def confirm(self, reservation_id: str, now: datetime, once: Once) -> Order:
        """Make an order of a reservation; raise ReservationNotFound or ReservationEnded."""

        def make() -> str:
            reservation = self.reservation(reservation_id)
            made = reservation.order(uuid.uuid4().hex, now)
            self._reservations[reservation_id] = reservation.end("confirmed")
            self._orders[made.id] = made
            return made.id

        return self.order(self._once(once, make))

    def buy(self, wish: Wish, now: datetime, once: Once) -> Order:
        """Take pieces off the shelf and sell them; raise ProductNotFound or OutOfStock."""

        def make() -> str:
            product = self.get(wish.product_id)
            self._products[product.id] = product.take(wish.quantity)
            made = sell(product, wish, uuid.uuid4().hex, now)
            self._orders[made.id] = made
            return made.id

        return self.order(self._once(once, make))

    def order(self, order_id: str) -> Order:
        """Return an order; raise OrderNotFound if there is none."""
        if order_id not in self._orders:
            raise OrderNotFound(order_id)
        return self._orders[order_id]

    def settle(self, order_id: str, status: OrderStatus, version: int) -> Order:
        """Ship or cancel an order; raise OrderNotFound, StaleVersion or OrderSettled. Cancelled pieces go back."""
        with self._lock:
            settled = self.order(order_id).settle(status, version)
            self._orders[order_id] = settled
            if status == "cancelled":
                self._put_back(settled)
            return settled

    def orders_of(self, customer_id: str, limit: int, after: str | None = None) -> OrderPage:
        """Return the orders of a customer, the newest first."""
        return self._page(lambda order: order.customer_id == customer_id, limit, after)

    def orders_in(self, status: OrderStatus, limit: int, after: str | None = None) -> OrderPage:
        """Return the orders that have a status, the newest first."""
        return self._page(lambda order: order.status == status, limit, after)

    def signing_key(self) -> bytes:
        """Return the secret that all tasks sign with; the first to ask makes it."""
        return b"k" * 32

    def ping(self) -> None:
        """Return: memory always answers."""

    def _once(self, once: Once | None, make: Callable[[], T]) -> T:
        with self._lock:
            if once and once.key in self._made:
                fingerprint, made = self._made[once.key]
                if fingerprint != once.fingerprint:
                    raise IdempotencyKeyReused
                return cast(T, made)
            made = make()
            if once:
                self._made[once.key] = (once.fingerprint, made)
            return made

    def _end(self, reservation: Reservation, status: ReservationStatus) -> Reservation:
        ended = reservation.end(status)
        self._reservations[ended.id] = ended
        self._put_back(ended)
        return ended

    def _put_back(self, what: Reservation | Order) -> None:
        product = self._products.get(what.product_id)
        if product and product.created_at == what.product_created_at:
            self._products[product.id] = product.put_back(what.quantity)

    def _page(self, wanted: Callable[[Order], bool], limit: int, after: str | None) -> OrderPage:
        places = {f"{one.placed_at.isoformat(timespec='microseconds')}#{one.id}": one for one in self._orders.values()}
        found = [at for at in sorted(places, reverse=True) if wanted(places[at]) and (after is None or at < after)]
        return OrderPage(
            tuple(replace(places[at]) for at in found[:limit]), found[limit - 1] if len(found) > limit else None
        )
