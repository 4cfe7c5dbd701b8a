# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A small shop on Flask and DynamoDB."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import TYPE_CHECKING

from flask import Flask

from storefront import api, health, logs, pages, problems, routing, security, tracing
from storefront.checkout import Checkout, utc_now
from storefront.signing import Signer
from storefront.visitors import Visitors

if TYPE_CHECKING:
    from storefront.repository import Repository
    from storefront.settings import Settings

MAX_BODY_BYTES = 16 * 1024


def create_app(settings: Settings, repository: Repository, now: Callable[[], datetime] = utc_now) -> Flask:
    """Assemble the application from what it is given; read nothing else."""
    app = Flask(__name__, static_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY_BYTES
    routing.install(app)
    logs.install(app, settings.metrics_namespace, settings.version)
    if settings.traces_endpoint:
        tracing.install(app, settings.version)
    security.install(app, hsts_seconds=settings.hsts_seconds, threads=settings.threads)
    problems.install(app)
    app.register_blueprint(health.blueprint(settings, repository))
    signer = Signer(settings.signing_key or (lambda: repository.signing_key()))  # noqa: PLW0108 -- not before it is needed
    checkout = Checkout(repository, settings.hold, now)
    app.register_blueprint(api.blueprint(settings.version, repository, checkout, signer))
    visitors = Visitors(signer)
    visitors.install(app)
    app.register_blueprint(pages.blueprint(pages.Shop(settings, repository, checkout, signer, visitors)))
    return app
