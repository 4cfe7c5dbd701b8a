# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Headers, and requests that other sites start."""

from __future__ import annotations

import pytest
from flask.testing import FlaskClient
from storefront_support.memory import MemoryRepository
from storefront_support.products import body, form

from storefront import create_app
from storefront.settings import Settings

SHOP = "https://shop.example:8443"


@pytest.mark.parametrize("path", ["/", "/healthz", "/api/products", "/static/storefront.css", "/nothing"])
def test_every_answer_has_the_headers(client: FlaskClient, path: str) -> None:
    headers = client.get(path).headers
    policy = headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "same-origin"
    assert headers["Strict-Transport-Security"] == "max-age=31536000"


def test_unknown_error_has_the_headers_too(
    client: FlaskClient, memory: MemoryRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(memory, "page", None)
    answer = client.get("/")
    assert answer.status_code == 500
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


def test_only_static_files_may_be_stored(client: FlaskClient) -> None:
    assert client.get("/").headers["Cache-Control"] == "no-store"
    assert client.get("/api/products").headers["Cache-Control"] == "no-store"
    assert client.get("/static/storefront.css").headers["Cache-Control"] == "no-cache"


def test_duration_of_strict_transport_security_is_a_setting(settings: Settings) -> None:
    app = create_app(settings.model_copy(update={"hsts_seconds": 0}), MemoryRepository())
    assert app.test_client().get("/healthz").headers["Strict-Transport-Security"] == "max-age=0"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": SHOP},
        {"Origin": "https://evil.example"},
        {"Origin": "https://shop.example"},
        {"Origin": "null"},
        {"Origin": "http://["},
        {"Origin": SHOP.replace("https", "http")},
        {"Origin": "shop.example:8443"},
        {"Origin": "null", "Host": "not a host"},
    ],
)
def test_write_started_by_another_site_is_refused(
    client: FlaskClient, memory: MemoryRepository, headers: dict[str, str]
) -> None:
    assert client.post("/admin", base_url=SHOP, data=form(), headers=headers).status_code == 403
    assert client.post("/api/products", base_url=SHOP, json=body(), headers=headers).status_code == 403
    assert client.delete("/api/products/blue-mug", base_url=SHOP, headers=headers).status_code == 403
    assert memory.page(1).products == ()
    assert client.get("/", base_url=SHOP, headers=headers).status_code == 200


@pytest.mark.parametrize(
    "headers", [{}, {"Sec-Fetch-Site": "same-origin", "Origin": SHOP}, {"Sec-Fetch-Site": "none"}, {"Origin": SHOP}]
)
def test_write_of_our_own_page_or_of_a_program_is_taken(client: FlaskClient, headers: dict[str, str]) -> None:
    assert client.post("/api/products", base_url=SHOP, json=body(), headers=headers).status_code == 201
