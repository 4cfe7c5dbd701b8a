# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations, which hold pieces for a while, and orders, which are sold."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Literal

from storefront.domain.errors import OrderSettled, ReservationEnded, StaleVersion
from storefront.domain.products import Product

MAX_QUANTITY = 100
CUSTOMER_ID_PATTERN = "[A-Za-z0-9_-]{8,64}"
IDEMPOTENCY_KEY_PATTERN = "[A-Za-z0-9_-]{8,64}"
# A hold ends by the clock of one task, and maybe by that of another one before: the sweep of both waits for so long.
CLOCK_TOLERANCE = timedelta(seconds=5)

ReservationStatus = Literal["held", "confirmed", "released", "expired"]
OrderStatus = Literal["placed", "shipped", "cancelled"]
ORDER_STATUSES: tuple[OrderStatus, ...] = ("placed", "shipped", "cancelled")


@dataclass(frozen=True, slots=True)
class Once:
    """What makes a request happen once: the caller's key, and a digest of what was asked for with it."""

    key: str
    fingerprint: str


@dataclass(frozen=True, slots=True)
class Wish:
    """What a customer wants."""

    customer_id: str
    product_id: str
    quantity: int


@dataclass(frozen=True, slots=True)
class Reservation:
    """Pieces that are held for a customer at a price.

    `product_created_at` tells the product from a later one of the same id: pieces go back to their own only.
    """

    id: str
    customer_id: str
    product_id: str
    product_name: str
    product_created_at: datetime
    unit_price_cents: int
    quantity: int
    status: ReservationStatus
    held_until: datetime

    def over(self, now: datetime) -> bool:
        """Return whether the time is up, though nobody may have noted that yet: filter what was read by it."""
        return self.status == "expired" or (self.status == "held" and self.held_until <= now)

    def end(self, status: ReservationStatus) -> Reservation:
        """Return it ended; raise ReservationEnded if it holds nothing any more."""
        if self.status != "held":
            raise ReservationEnded(self.status)
        return replace(self, status=status)

    def order(self, order_id: str, now: datetime) -> Order:
        """Return the order that it becomes; raise ReservationEnded if it is too late."""
        if self.status != "held" or self.over(now):
            raise ReservationEnded("expired" if self.over(now) else self.status)
        return Order(
            id=order_id,
            customer_id=self.customer_id,
            product_id=self.product_id,
            product_name=self.product_name,
            product_created_at=self.product_created_at,
            unit_price_cents=self.unit_price_cents,
            quantity=self.quantity,
            status="placed",
            placed_at=now,
        )


@dataclass(frozen=True, slots=True)
class Order:
    """Pieces that are sold."""

    id: str
    customer_id: str
    product_id: str
    product_name: str
    product_created_at: datetime
    unit_price_cents: int
    quantity: int
    status: OrderStatus
    placed_at: datetime
    version: int = 1

    @property
    def total_cents(self) -> int:
        """Return what it costs."""
        return self.unit_price_cents * self.quantity

    def settle(self, status: OrderStatus, version: int) -> Order:
        """Return it shipped or cancelled; raise StaleVersion or OrderSettled."""
        if self.version != version:
            raise StaleVersion(self.version)
        if self.status != "placed":
            raise OrderSettled(self.status)
        return replace(self, status=status, version=version + 1)


@dataclass(frozen=True, slots=True)
class OrderPage:
    """Orders, the newest first; `next_after` is where to go on, None at the end."""

    orders: tuple[Order, ...]
    next_after: str | None


def hold(product: Product, wish: Wish, reservation_id: str, held_until: datetime) -> Reservation:
    """Return what holds pieces of a product."""
    return Reservation(
        id=reservation_id,
        customer_id=wish.customer_id,
        product_id=product.id,
        product_name=product.name,
        product_created_at=product.created_at,
        unit_price_cents=product.price_cents,
        quantity=wish.quantity,
        status="held",
        held_until=held_until,
    )


def sell(product: Product, wish: Wish, order_id: str, now: datetime) -> Order:
    """Return the order of pieces that nobody held before."""
    return hold(product, wish, order_id, now + timedelta(days=1)).order(order_id, now)
