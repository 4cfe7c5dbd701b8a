# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values to test with."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from storefront.domain import Product

TASK_ID = "cc1b359f1e254a4d8b3e2d6e2f8e3ed3"


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
