# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the pieces of each product are: what was supplied is in stock, held or sold, or something went wrong."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from storefront.domain import ORDER_STATUSES, Order, Product
from storefront.repository import Repository

PAGE = 100


@dataclass(frozen=True, slots=True)
class Account:
    """The pieces of one product."""

    product_id: str
    supplied: int | None
    stock: int
    held: int
    sold: int

    @property
    def sound(self) -> bool:
        """Return whether no piece is missing and none is sold twice; what nobody counted is judged by its stock."""
        return self.stock >= 0 and self.supplied in (None, self.stock + self.held + self.sold)


def accounts(repository: Repository) -> list[Account]:
    """Return the account of every product; while others buy, it is one of different moments."""
    held: Counter[tuple[str, datetime]] = Counter()
    sold: Counter[tuple[str, datetime]] = Counter()
    for hold in repository.held():
        held[hold.product_id, hold.product_created_at] += hold.quantity
    for order in _orders(repository):
        if order.status != "cancelled":
            sold[order.product_id, order.product_created_at] += order.quantity
    return [
        Account(product.id, product.supplied, product.stock, held[key], sold[key])
        for product in _products(repository)
        for key in [(product.id, product.created_at)]
    ]


def _products(repository: Repository) -> Iterator[Product]:
    page = repository.page(PAGE)
    yield from page.products
    while page.next_after is not None:
        page = repository.page(PAGE, page.next_after)
        yield from page.products


def _orders(repository: Repository) -> Iterator[Order]:
    for status in ORDER_STATUSES:
        page = repository.orders_in(status, PAGE)
        yield from page.orders
        while page.next_after is not None:
            page = repository.orders_in(status, PAGE, page.next_after)
            yield from page.orders
