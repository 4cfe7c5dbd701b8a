# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API and the pages do alike: sell, and first take back what nobody came for in time."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

from storefront.domain import Once, Order, OutOfStock, Reservation, Wish
from storefront.repository import Repository

T = TypeVar("T")


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class Checkout:
    """The way from the shelf to an order."""

    def __init__(self, repository: Repository, hold: timedelta, now: Callable[[], datetime]) -> None:
        self._repository = repository
        self._hold = hold
        self._now = now

    def reserve(self, wish: Wish, once: Once) -> Reservation:
        """Hold pieces for a while; raise ProductNotFound or OutOfStock."""
        return self._sell(lambda: self._repository.reserve(wish, self._now() + self._hold, once))

    def buy(self, wish: Wish, once: Once) -> Order:
        """Sell pieces; raise ProductNotFound or OutOfStock."""
        return self._sell(lambda: self._repository.buy(wish, self._now(), once))

    def confirm(self, reservation_id: str, once: Once) -> Order:
        """Make an order of a reservation; raise ReservationNotFound or ReservationEnded."""
        return self._repository.confirm(reservation_id, self._now(), once)

    def over(self, reservation: Reservation) -> bool:
        """Return whether the time of a reservation is up."""
        return reservation.over(self._now())

    def _sell(self, sale: Callable[[], T]) -> T:
        try:
            return sale()
        except OutOfStock:
            # Nobody is sent away for pieces that are held for somebody who has not come.
            if not self._repository.expire(self._now()):
                raise
            return sale()
