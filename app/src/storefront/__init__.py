# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small shop on Flask and DynamoDB."""

from __future__ import annotations

from typing import TYPE_CHECKING

from flask import Flask

from storefront import api, health, logs, pages, problems, security
from storefront.routing import ProductIdConverter

if TYPE_CHECKING:
    from storefront.repository import Repository
    from storefront.settings import Settings

MAX_BODY_BYTES = 16 * 1024


def create_app(settings: Settings, repository: Repository) -> Flask:
    """Assemble the application from what it is given; read nothing else."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    app.url_map.converters["product_id"] = ProductIdConverter
    logs.install(app)
    security.install(app, hsts_seconds=settings.hsts_seconds)
    problems.install(app)
    app.register_blueprint(health.blueprint(settings, repository))
    app.register_blueprint(api.blueprint(repository))
    app.register_blueprint(pages.blueprint(settings, repository))
    return app
