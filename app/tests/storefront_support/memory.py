# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A repository without a table; it passes the same contract tests as the real one."""

from __future__ import annotations

from storefront.domain import Product, ProductExists, ProductNotFound, ProductPage


class MemoryRepository:
    """Products in a dict."""

    def __init__(self) -> None:
        self._products: dict[str, Product] = {}

    def add(self, product: Product) -> None:
        """Store a new product, or the very same one again; raise ProductExists if another has its id."""
        if self._products.get(product.id, product) != product:
            raise ProductExists(product.id)
        self._products[product.id] = product

    def get(self, product_id: str) -> Product:
        """Return a product; raise ProductNotFound if there is none."""
        try:
            return self._products[product_id]
        except KeyError:
            raise ProductNotFound(product_id) from None

    def remove(self, product_id: str) -> None:
        """Remove a product; raise ProductNotFound if there is none."""
        self.get(product_id)
        del self._products[product_id]

    def page(self, limit: int, after: str | None = None) -> ProductPage:
        """Return up to `limit` products whose ids come after `after`."""
        ids = [product_id for product_id in sorted(self._products) if after is None or product_id > after]
        products = tuple(self._products[product_id] for product_id in ids[:limit])
        return ProductPage(products, products[-1].id if len(ids) > limit else None)

    def ping(self) -> None:
        """Return: memory always answers."""
