# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether this task lives, and whether it can do its work."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify

from storefront.repository import Repository
from storefront.settings import Settings


def blueprint(settings: Settings, repository: Repository) -> Blueprint:
    """Return the routes for load balancers and operators."""
    routes = Blueprint("health", __name__)

    @routes.get("/healthz", endpoint="alive")
    def alive() -> Response:
        """Answer without touching anything: a failing table must not make every task be replaced."""
        return jsonify(status="ok", version=settings.version, task=settings.task_name)

    @routes.get("/readyz", endpoint="ready")
    def ready() -> Response:
        """Answer whether the table can be read."""
        repository.ping()
        return jsonify(status="ready")

    return routes
