# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values to test with."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import Any

from storefront.domain import Once, Product, Wish

TASK_ID = "cc1b359f1e254a4d8b3e2d6e2f8e3ed3"
# Long after today: tasks that use the same table, as those of a deployed stack, find nothing that has expired.
NOW = datetime(2125, 3, 2, 12, 0, tzinfo=UTC)
CUSTOMER = "customer-one"
OTHER_CUSTOMER = "customer-two"


def once(fingerprint: str = "request") -> Once:
    """Return a key that nobody had before."""
    return Once(uuid.uuid4().hex, fingerprint)


def wish(quantity: int = 1, **changes: str) -> Wish:
    """Return a customer's wish for mugs, or for what is given."""
    return Wish(**{"customer_id": CUSTOMER, "product_id": "blue-mug", **changes}, quantity=quantity)


def product(product_id: str = "blue-mug", **changes: Any) -> Product:
    """Return a product that differs from a plain one only in what is given."""
    fields: dict[str, Any] = {
        "name": "Blue mug",
        "price_cents": 1250,
        "stock": 7,
        "created_at": datetime(2025, 3, 1, 9, 30, tzinfo=UTC),
    }
    return Product(id=product_id, **(fields | changes))


def body(product_id: str = "blue-mug", **changes: Any) -> dict[str, Any]:
    """Return what a caller of the API sends for a product."""
    return {"id": product_id, "name": "Blue mug", "price_cents": 1250, "stock": 7} | changes


def form(product_id: str = "blue-mug", **changes: str) -> dict[str, str]:
    """Return what a browser sends for a product."""
    return {"id": product_id, "name": "Blue mug", "price": "12.50", "stock": "7"} | changes
