# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop for people: HTML that needs no script."""

from __future__ import annotations

from flask import Blueprint

from storefront.pages.catalogue import CataloguePage, format_price
from storefront.repository import Repository
from storefront.settings import Settings
from storefront.signing import Signer


def blueprint(settings: Settings, repository: Repository, signer: Signer) -> Blueprint:
    """Return the pages and their static files."""
    routes = Blueprint(
        "pages", __name__, template_folder="templates", static_folder="static", static_url_path="/static"
    )
    routes.add_app_template_filter(format_price, "price")
    routes.add_url_rule("/", view_func=CataloguePage.as_view("catalogue", settings, repository, signer))
    return routes
