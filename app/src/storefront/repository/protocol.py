# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the shop asks of a store."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from typing import Protocol

from storefront.domain import (
    Once,
    Order,
    OrderPage,
    OrderStatus,
    Product,
    ProductChange,
    ProductPage,
    Reservation,
    Wish,
)


class Repository(Protocol):
    """A store. Reads of one thing and of the catalogue see every write that was answered before; lists may lag.

    What takes a `Once` happens once for its key: another call with it returns what the first one made, and raises
    IdempotencyKeyReused if it asks for something else. All of it happens, or nothing.
    """

    def add(self, product: Product, once: Once | None = None) -> Product:
        """Store a new product, or the very same one again; raise ProductExists if another has its id."""

    def get(self, product_id: str) -> Product:
        """Return a product; raise ProductNotFound if there is none."""

    def change(self, product_id: str, change: ProductChange, version: int) -> Product:
        """Change the product that the caller knows; raise ProductNotFound, or StaleVersion if it is another now."""

    def remove(self, product_id: str) -> None:
        """Remove a product; raise ProductNotFound if there is none."""

    def page(self, limit: int, after: str | None = None) -> ProductPage:
        """Return up to `limit` products whose ids come after `after`."""

    def reserve(self, wish: Wish, held_until: datetime, once: Once) -> Reservation:
        """Take pieces off the shelf and hold them; raise ProductNotFound or OutOfStock."""

    def reservation(self, reservation_id: str) -> Reservation:
        """Return a reservation; raise ReservationNotFound if there is none."""

    def release(self, reservation_id: str) -> Reservation:
        """Put held pieces back; raise ReservationNotFound, or ReservationEnded unless it was released before."""

    def expire(self, now: datetime, limit: int = 25) -> int:
        """Put the pieces back that were held too long, the oldest first; return how many holds ended."""

    def held(self) -> Iterator[Reservation]:
        """Yield what is held for anybody."""

    def holds_of(self, customer_id: str, limit: int) -> tuple[Reservation, ...]:
        """Return what is held for a customer, the next to end first; what is over may be among it."""

    def confirm(self, reservation_id: str, now: datetime, once: Once) -> Order:
        """Make an order of a reservation; raise ReservationNotFound or ReservationEnded."""

    def buy(self, wish: Wish, now: datetime, once: Once) -> Order:
        """Take pieces off the shelf and sell them; raise ProductNotFound or OutOfStock."""

    def order(self, order_id: str) -> Order:
        """Return an order; raise OrderNotFound if there is none."""

    def settle(self, order_id: str, status: OrderStatus, version: int) -> Order:
        """Ship or cancel an order; raise OrderNotFound, StaleVersion or OrderSettled. Cancelled pieces go back."""

    def orders_of(self, customer_id: str, limit: int, after: str | None = None) -> OrderPage:
        """Return the orders of a customer, the newest first."""

    def orders_in(self, status: OrderStatus, limit: int, after: str | None = None) -> OrderPage:
        """Return the orders that have a status, the newest first."""

    def signing_key(self) -> bytes:
        """Return the secret that all tasks sign with; the first to ask makes it."""

    def ping(self) -> None:
        """Return if the store answers; raise StorageUnavailable if not."""
