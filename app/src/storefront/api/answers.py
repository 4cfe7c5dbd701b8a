# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the API answers: the models are what OpenAPI shows, the functions what makes them fast."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Literal

from flask import Response, jsonify, request
from pydantic import AwareDatetime, BaseModel, ConfigDict

from storefront.domain import Order, Product, Reservation
from storefront.inputs import CustomerId, PriceCents, ProductId, Quantity, Stock


class Answer(BaseModel):
    """An answer has nothing but what its model says."""

    model_config = ConfigDict(extra="forbid", json_schema_serialization_defaults_required=True)


class ProductAnswer(Answer):
    """A product; `version` is its ETag, too."""

    id: ProductId
    name: str
    price_cents: PriceCents
    stock: Stock
    created_at: AwareDatetime
    version: int


class ReservationAnswer(Answer):
    """A reservation."""

    id: str
    customer_id: CustomerId
    product_id: ProductId
    product_name: str
    unit_price_cents: PriceCents
    quantity: Quantity
    status: Literal["held", "confirmed", "released", "expired"]
    held_until: AwareDatetime


class OrderAnswer(Answer):
    """An order; `version` is its ETag, too."""

    id: str
    customer_id: CustomerId
    product_id: ProductId
    product_name: str
    unit_price_cents: PriceCents
    quantity: Quantity
    total_cents: int
    status: Literal["placed", "shipped", "cancelled"]
    placed_at: AwareDatetime
    version: int


class ProductList(Answer):
    """A page of products."""

    items: list[ProductAnswer]
    next_cursor: str | None


class OrderList(Answer):
    """A page of orders."""

    items: list[OrderAnswer]
    next_cursor: str | None


class ErrorPart(Answer):
    """One rule that one part of the input breaks."""

    pointer: str
    detail: str


class ProblemAnswer(Answer):
    """Problem details: https://www.rfc-editor.org/rfc/rfc9457."""

    type: str
    title: str
    status: int
    detail: str
    request_id: str
    errors: list[ErrorPart] = []


def product(one: Product) -> dict[str, Any]:
    """Return a product as plain data."""
    return {
        "id": one.id,
        "name": one.name,
        "price_cents": one.price_cents,
        "stock": one.stock,
        "created_at": one.created_at.isoformat(),
        "version": one.version,
    }


def reservation(one: Reservation, over: bool) -> dict[str, Any]:
    """Return a reservation as plain data: what is over is expired, whether that was noted or not."""
    return {
        **_sold(one),
        "status": "expired" if over else one.status,
        "held_until": one.held_until.isoformat(),
    }


def order(one: Order) -> dict[str, Any]:
    """Return an order as plain data."""
    return {
        **_sold(one),
        "total_cents": one.total_cents,
        "status": one.status,
        "placed_at": one.placed_at.isoformat(),
        "version": one.version,
    }


def _sold(one: Reservation | Order) -> dict[str, Any]:
    return {
        "id": one.id,
        "customer_id": one.customer_id,
        "product_id": one.product_id,
        "product_name": one.product_name,
        "unit_price_cents": one.unit_price_cents,
        "quantity": one.quantity,
    }


def versioned(content: dict[str, Any]) -> Response:
    """Answer what has a version: 304 if the caller has it already."""
    response = jsonify(content)
    response.set_etag(str(content["version"]))
    if request.method == "GET":
        response.make_conditional(request.environ)
    return response


def listed(items: Sequence[dict[str, Any]], next_cursor: str | None) -> Response:
    """Answer a page of a list."""
    return jsonify(items=items, next_cursor=next_cursor)
