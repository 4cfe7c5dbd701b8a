# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""URL parts the routes share."""

from __future__ import annotations

from flask import Flask
from werkzeug.routing import BaseConverter

from storefront.domain import PRODUCT_ID_PATTERN


class ProductIdConverter(BaseConverter):
    """Match product ids only, so that no other text ever becomes a key of the table."""

    regex = PRODUCT_ID_PATTERN


class GivenIdConverter(BaseConverter):
    """Match the ids that the shop itself gives to reservations and orders."""

    regex = "[0-9a-f]{32}"


def install(app: Flask) -> None:
    """Let routes name the parts."""
    app.url_map.converters["product_id"] = ProductIdConverter
    app.url_map.converters["given_id"] = GivenIdConverter
