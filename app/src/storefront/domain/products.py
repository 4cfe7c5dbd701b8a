# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Products, and how their stock moves."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from storefront.domain.errors import OutOfStock, StaleVersion

PRODUCT_ID_PATTERN = "[a-z0-9](?:[a-z0-9-]{0,62}[a-z0-9])?"
MAX_NAME_LENGTH = 120
MAX_PRICE_CENTS = 100_000_000
MAX_STOCK = 1_000_000


@dataclass(frozen=True, slots=True)
class Product:
    """An article with a price in euro cents and the number of pieces in stock.

    `supplied` counts the pieces that were ever put on the shelf, so that the account can be checked: it is what is in
    stock, held and sold. None if nobody counted. `version` grows with each change.
    """

    id: str
    name: str
    price_cents: int
    stock: int
    created_at: datetime
    version: int = 1
    supplied: int | None = None

    def take(self, quantity: int) -> Product:
        """Return it without some pieces; raise OutOfStock if there are too few."""
        if self.stock < quantity:
            raise OutOfStock(self.id, self.stock)
        return replace(self, stock=self.stock - quantity, version=self.version + 1)

    def put_back(self, quantity: int) -> Product:
        """Return it with pieces that were held or sold."""
        return replace(self, stock=self.stock + quantity, version=self.version + 1)

    def change(self, change: ProductChange, version: int) -> Product:
        """Return it with other properties; raise StaleVersion if it is not the one that the caller knows."""
        if self.version != version:
            raise StaleVersion(self.version)
        stock = self.stock if change.stock is None else change.stock
        return replace(
            self,
            name=self.name if change.name is None else change.name,
            price_cents=self.price_cents if change.price_cents is None else change.price_cents,
            stock=stock,
            supplied=None if self.supplied is None else self.supplied + stock - self.stock,
            version=version + 1,
        )


@dataclass(frozen=True, slots=True)
class ProductChange:
    """New properties of a product; None leaves one as it is."""

    name: str | None = None
    price_cents: int | None = None
    stock: int | None = None


@dataclass(frozen=True, slots=True)
class ProductPage:
    """Products in the order of their ids; `next_after` is the id to go on after, None at the end."""

    products: tuple[Product, ...]
    next_after: str | None


@dataclass(frozen=True, slots=True)
class Record:
    """What is stored of a product or an order, to be compared: a digest of all of it.

    `id` is by what they are sorted; `created_at` is None if it can be read as neither.
    """

    id: str
    digest: str
    created_at: datetime | None
