# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop for programs: JSON under /api."""

from __future__ import annotations

from flask import Blueprint

from storefront.api.products import ProductCollection, ProductResource
from storefront.repository import Repository


def blueprint(repository: Repository) -> Blueprint:
    """Return the routes of the API."""
    routes = Blueprint("api", __name__, url_prefix="/api")
    routes.add_url_rule("/products", view_func=ProductCollection.as_view("products", repository))
    routes.add_url_rule("/products/<product_id:product_id>", view_func=ProductResource.as_view("product", repository))
    return routes
