# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop for people: HTML that needs no script, and is quicker with htmx."""

from __future__ import annotations

from flask import Blueprint

from storefront.pages.admin import AdminPage, Change
from storefront.pages.catalogue import Buy, CataloguePage, ProductPage, Reserve
from storefront.pages.sales import Cancel, Confirm, OrdersPage, Release, ReservationPage
from storefront.pages.view import Shop, format_amount, format_price

__all__ = ["Shop", "blueprint"]


def blueprint(shop: Shop) -> Blueprint:
    """Return the pages and their static files."""
    routes = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    routes.add_app_template_filter(format_price, "price")
    routes.add_app_template_filter(format_amount, "amount")
    settings = shop.settings
    routes.app_context_processor(lambda: {"version": settings.version, "task": settings.task_name})
    for address, name, view in (
        ("/", "catalogue", CataloguePage),
        ("/products/<product_id:product_id>", "product", ProductPage),
        ("/products/<product_id:product_id>/reserve", "reserve", Reserve),
        ("/products/<product_id:product_id>/buy", "buy", Buy),
        ("/reservations/<given_id:reservation_id>", "reservation", ReservationPage),
        ("/reservations/<given_id:reservation_id>/buy", "confirm", Confirm),
        ("/reservations/<given_id:reservation_id>/release", "release", Release),
        ("/orders", "orders", OrdersPage),
        ("/orders/<given_id:order_id>/cancel", "cancel", Cancel),
        ("/admin", "admin", AdminPage),
        ("/admin/products/<product_id:product_id>", "change", Change),
    ):
        methods = ["POST"] if "/" in address[1:] and name not in ("product", "reservation") else None
        routes.add_url_rule(address, view_func=view.as_view(name, shop), methods=methods)
    return routes
