# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shelves: add products, change stock and price. Whoever opens it to others puts authentication before /admin."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from storefront.checkout import utc_now
from storefront.domain import InvalidInput, ProductExists, StaleVersion
from storefront.inputs import (
    ListQuery,
    ProductChangeInput,
    ProductInput,
    next_cursor,
    read_cursor,
    read_strings,
)
from storefront.pages.view import Form, View, errors_by_field, fields, see, to_cents

SCOPE = "admin"
PRODUCTS_PER_PAGE = 25
_LONGEST_VERSION = 12


class AdminPage(View):
    """All products with their forms."""

    def get(self) -> ResponseReturnValue:
        """Show the shelves."""
        return self.show()

    def post(self) -> ResponseReturnValue:
        """Add a product."""
        values = fields("id", "name", "price", "stock")
        try:
            product = read_strings(ProductInput, to_cents(values)).to_product(utc_now())
            self.shop.repository.add(product)
        except InvalidInput as error:
            return self.show(adding=Form(values, errors_by_field(error))), 422
        except ProductExists as error:
            return self.show(adding=Form(values, {"id": str(error)})), 409
        return see("admin", done=product.id)

    def show(self, adding: Form | None = None, changing: Form | None = None) -> str:
        """Return the page."""
        given = {"cursor": request.args["cursor"]} if "cursor" in request.args else {}
        query = read_strings(ListQuery, {"limit": str(PRODUCTS_PER_PAGE), **given})
        page = self.shop.repository.page(query.limit, read_cursor(self.shop.signer, SCOPE, query.cursor))
        known = {product.id for product in page.products}
        return self.render_form(
            "admin.html",
            products=page.products,
            adding=adding or Form(),
            changing=changing or Form(),
            done=request.args.get("done") if request.args.get("done") in known else None,
            next_cursor=next_cursor(self.shop.signer, SCOPE, page.next_after),
            first_page=query.cursor is None,
        )


class Change(AdminPage):
    """The button that changes a product."""

    def post(self, **parts: str) -> ResponseReturnValue:
        """Change stock and price of the product, if it still is what was shown."""
        product_id, values = parts["product_id"], fields("price", "stock")
        version = request.form.get("version", "")
        try:
            change = read_strings(ProductChangeInput, to_cents(values)).to_change()
            known = int(version) if version.isdecimal() and len(version) <= _LONGEST_VERSION else 0
            self.shop.repository.change(product_id, change, known)
        except InvalidInput as error:
            texts = "; ".join(f"{name}: {text}" for name, text in errors_by_field(error).items())
            return self.show(changing=Form({"id": product_id}, {product_id: texts})), 422
        except StaleVersion as error:
            return self.show(changing=Form({"id": product_id}, {product_id: str(error)})), 409
        return see("admin", done=product_id)
