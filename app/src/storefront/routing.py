# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""URL parts the routes share."""

from __future__ import annotations

from werkzeug.routing import BaseConverter

from storefront.domain import PRODUCT_ID_PATTERN


class ProductIdConverter(BaseConverter):
    """Match product ids only, so that no other text ever becomes a key of the table."""

    regex = PRODUCT_ID_PATTERN
