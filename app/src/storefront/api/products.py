# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Products as JSON."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from flask import Response, jsonify, request, url_for
from flask.views import MethodView
from werkzeug.exceptions import UnsupportedMediaType

from storefront.domain import Product
from storefront.inputs import next_cursor, read_list_query, read_product_json
from storefront.repository import Repository


class ProductCollection(MethodView):
    """All products."""

    init_every_request = False

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def get(self) -> Response:
        """List products, a page at a time."""
        query = read_list_query(request.args)
        page = self._repository.page(query.limit, query.cursor)
        return jsonify(items=[_render(product) for product in page.products], next_cursor=next_cursor(page))

    def post(self) -> tuple[Response, int, dict[str, str]]:
        """Add a product."""
        if request.mimetype != "application/json":
            raise UnsupportedMediaType("Send application/json.")
        product = read_product_json(request.get_data()).to_product(datetime.now(UTC))
        self._repository.add(product)
        return jsonify(_render(product)), 201, {"Location": url_for("api.product", product_id=product.id)}


class ProductResource(MethodView):
    """One product."""

    init_every_request = False

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    def get(self, product_id: str) -> Response:
        """Show a product."""
        return jsonify(_render(self._repository.get(product_id)))

    def delete(self, product_id: str) -> tuple[str, int]:
        """Remove a product."""
        self._repository.remove(product_id)
        return "", 204


def _render(product: Product) -> dict[str, Any]:
    return asdict(product) | {"created_at": product.created_at.isoformat()}
