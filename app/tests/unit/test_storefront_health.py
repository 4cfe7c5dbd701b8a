# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Health."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from storefront_support.memory import MemoryRepository
from storefront_support.products import TASK_ID

from storefront import create_app
from storefront.domain import StorageUnavailable
from storefront.repository import Repository
from storefront.settings import Settings


def test_health_names_version_and_task(client: FlaskClient) -> None:
    answer = client.get("/healthz")
    assert answer.status_code == 200
    assert answer.json == {"status": "ok", "version": "1.2.3", "task": TASK_ID}


def test_health_touches_nothing(settings: Settings) -> None:
    nothing: Repository = object()  # type: ignore[assignment] # whatever touches it fails
    client = create_app(settings, nothing).test_client()
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 500


def test_readiness_follows_the_table(
    client: FlaskClient, memory: MemoryRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert client.get("/readyz").status_code == 200

    def fail() -> None:
        raise StorageUnavailable

    monkeypatch.setattr(memory, "ping", fail)
    answer = client.get("/readyz")
    assert answer.status_code == 503
    assert answer.content_type == "application/problem+json"
