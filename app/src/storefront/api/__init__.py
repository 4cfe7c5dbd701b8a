# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop for programs: JSON under /api, described by /api/openapi.json."""

from __future__ import annotations

import functools
from typing import Any

from flask import Blueprint, Response, current_app, jsonify

from storefront.api import openapi
from storefront.api.products import ProductCollection, ProductResource
from storefront.api.sales import (
    OrderCollection,
    OrderResource,
    ReservationCollection,
    ReservationOrder,
    ReservationResource,
)
from storefront.checkout import Checkout
from storefront.repository import Repository
from storefront.signing import Signer


def blueprint(version: str, repository: Repository, checkout: Checkout, signer: Signer) -> Blueprint:
    """Return the routes of the API."""
    routes = Blueprint("api", __name__, url_prefix="/api")
    routes.add_url_rule("/products", view_func=ProductCollection.as_view("products", repository, signer))
    routes.add_url_rule("/products/<product_id:product_id>", view_func=ProductResource.as_view("product", repository))
    routes.add_url_rule("/reservations", view_func=ReservationCollection.as_view("reservations", checkout))
    one = "/reservations/<given_id:reservation_id>"
    routes.add_url_rule(one, view_func=ReservationResource.as_view("reservation", repository, checkout))
    routes.add_url_rule(f"{one}/order", view_func=ReservationOrder.as_view("reservation_order", checkout))
    routes.add_url_rule("/orders", view_func=OrderCollection.as_view("orders", repository, checkout, signer))
    routes.add_url_rule("/orders/<given_id:order_id>", view_func=OrderResource.as_view("order", repository))

    @functools.cache
    def description() -> dict[str, Any]:
        return openapi.document(current_app, version)

    @routes.get("/openapi.json", endpoint="description")
    def describe() -> Response:
        """Answer the description of the API."""
        return jsonify(description())

    return routes
