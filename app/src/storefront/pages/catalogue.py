# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The catalogue, and the page of a product with its forms."""

from __future__ import annotations

from flask import request
from flask.typing import ResponseReturnValue

from storefront.domain import InvalidInput, OutOfStock, Wish
from storefront.inputs import ListQuery, WishInput, next_cursor, read_cursor, read_strings
from storefront.pages.view import Form, View, errors_by_field, fields, once, see

PRODUCTS_PER_PAGE = 12
SCOPE = "catalogue"


class CataloguePage(View):
    """What there is."""

    def get(self) -> ResponseReturnValue:
        """Show the products."""
        query = read_strings(ListQuery, {"limit": str(PRODUCTS_PER_PAGE), **_given("cursor")})
        page = self.shop.repository.page(query.limit, read_cursor(self.shop.signer, SCOPE, query.cursor))
        return self.render(
            "catalogue.html",
            products=page.products,
            next_cursor=next_cursor(self.shop.signer, SCOPE, page.next_after),
            first_page=query.cursor is None,
        )


class ProductPage(View):
    """One product."""

    def get(self, product_id: str) -> ResponseReturnValue:
        """Show the product."""
        return self.show(product_id, Form({"quantity": "1"}))

    def show(self, product_id: str, form: Form) -> str:
        """Return the page."""
        return self.render_form(
            "product.html",
            product=self.shop.repository.get(product_id),
            form=form,
            hold_minutes=max(1, self.shop.settings.hold_seconds // 60),
        )


class _Sale(ProductPage):
    def post(self, product_id: str) -> ResponseReturnValue:
        """Sell, and lead to what was made; else show what is wrong."""
        try:
            return self.sell(self._wish(product_id))
        except InvalidInput as error:
            return self.show(product_id, Form(fields("quantity"), errors_by_field(error))), 422
        except OutOfStock as error:
            return self.show(product_id, Form(fields("quantity"), {"quantity": str(error)})), 409

    def sell(self, wish: Wish) -> ResponseReturnValue:
        """Do what the button says."""
        raise NotImplementedError

    def _wish(self, product_id: str) -> Wish:
        who = {"customer_id": self.shop.visitors.current(), "product_id": product_id}
        return read_strings(WishInput, {**who, **fields("quantity")}).to_wish()


class Reserve(_Sale):
    """The button that reserves."""

    def sell(self, wish: Wish) -> ResponseReturnValue:
        """Hold what is wanted."""
        return see("reservation", reservation_id=self.shop.checkout.reserve(wish, once()).id)


class Buy(_Sale):
    """The button that buys."""

    def sell(self, wish: Wish) -> ResponseReturnValue:
        """Sell what is wanted."""
        return see("orders", new=self.shop.checkout.buy(wish, once()).id)


def _given(name: str) -> dict[str, str]:
    return {name: request.args[name]} if name in request.args else {}
