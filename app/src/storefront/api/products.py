# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Products as JSON."""

from __future__ import annotations

from flask import Response, request, url_for
from flask.views import MethodView

from storefront.api import answers, requests
from storefront.api.operation import operation
from storefront.checkout import utc_now
from storefront.domain import (
    IdempotencyKeyReused,
    InvalidInput,
    ProductExists,
    ProductNotFound,
    StaleVersion,
)
from storefront.inputs import (
    ListQuery,
    ProductChangeInput,
    ProductInput,
    next_cursor,
    read_cursor,
    read_strings,
)
from storefront.repository import Repository
from storefront.signing import Signer

SCOPE = "products"


class ProductCollection(MethodView):
    """All products."""

    init_every_request = False

    def __init__(self, repository: Repository, signer: Signer) -> None:
        self._repository = repository
        self._signer = signer

    @operation(200, answers.ProductList, query=ListQuery, refusals=(InvalidInput,))
    def get(self) -> Response:
        """List products, a page at a time."""
        query = read_strings(ListQuery, request.args)
        page = self._repository.page(query.limit, read_cursor(self._signer, SCOPE, query.cursor))
        items = [answers.product(product) for product in page.products]
        return answers.listed(items, next_cursor(self._signer, SCOPE, page.next_after))

    @operation(
        201,
        answers.ProductAnswer,
        body=ProductInput,
        key="optional",
        refusals=(ProductExists, InvalidInput, IdempotencyKeyReused),
    )
    def post(self) -> tuple[Response, int, dict[str, str]]:
        """Add a product. Its id keeps it from being added twice; by a key a second attempt is answered as the first."""
        once = requests.once_if_given()
        product = self._repository.add(requests.body(ProductInput).to_product(utc_now()), once)
        location = url_for("api.product", product_id=product.id)
        return answers.versioned(answers.product(product)), 201, {"Location": location}


class ProductResource(MethodView):
    """One product."""

    init_every_request = False

    def __init__(self, repository: Repository) -> None:
        self._repository = repository

    @operation(200, answers.ProductAnswer, refusals=(ProductNotFound,))
    def get(self, product_id: str) -> Response:
        """Show a product."""
        return answers.versioned(answers.product(self._repository.get(product_id)))

    @operation(
        200,
        answers.ProductAnswer,
        body=ProductChangeInput,
        precondition=True,
        refusals=(ProductNotFound, StaleVersion, InvalidInput),
    )
    def patch(self, product_id: str) -> Response:
        """Change a product that nobody else changed since it was read."""
        version = requests.version()
        change = requests.body(ProductChangeInput).to_change()
        return answers.versioned(answers.product(self._repository.change(product_id, change, version)))

    @operation(204, refusals=(ProductNotFound,))
    def delete(self, product_id: str) -> tuple[str, int]:
        """Remove a product."""
        self._repository.remove(product_id)
        return "", 204
