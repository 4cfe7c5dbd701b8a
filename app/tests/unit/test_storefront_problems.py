# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors."""

from __future__ import annotations

from pathlib import Path

import pytest
from flask.testing import FlaskClient
from storefront_support.memory import MemoryRepository

from storefront import domain
from storefront.domain import StorageUnavailable, StorefrontError
from storefront.problems import PROBLEMS


def test_every_refusal_of_the_domain_has_an_answer_of_its_own() -> None:
    refusals = {
        value
        for value in vars(domain).values()
        if isinstance(value, type) and issubclass(value, StorefrontError) and value is not StorefrontError
    }
    assert set(PROBLEMS) == refusals
    assert len({problem.type for problem in PROBLEMS.values()}) == len(refusals)


@pytest.mark.parametrize(
    ("method", "path", "status"), [("GET", "/nothing", 404), ("PUT", "/api/products", 405), ("GET", "/static/no", 404)]
)
def test_http_errors_are_problems(client: FlaskClient, method: str, path: str, status: int) -> None:
    answer = client.open(path, method=method)
    assert answer.status_code == status
    assert answer.content_type == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == status
    assert answer.json["type"] == "about:blank"
    assert answer.json["request_id"] == answer.headers["X-Request-Id"]


def test_refused_method_names_the_allowed_ones(client: FlaskClient) -> None:
    assert "POST" in client.put("/api/products").headers["Allow"]


def test_unknown_error_reveals_nothing(
    client: FlaskClient, memory: MemoryRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(limit: int, after: str | None = None) -> None:
        raise RuntimeError("secret of the table")

    monkeypatch.setattr(memory, "page", fail)
    answer = client.get("/api/products")
    assert answer.status_code == 500
    assert answer.content_type == "application/problem+json"
    assert "secret" not in answer.text
    assert "RuntimeError" not in answer.text


def test_unavailable_storage_is_a_503_that_names_no_cause(
    client: FlaskClient, memory: MemoryRepository, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(product_id: str) -> None:
        raise StorageUnavailable from RuntimeError("secret of the table")

    monkeypatch.setattr(memory, "get", fail)
    answer = client.get("/api/products/blue-mug")
    assert answer.status_code == 503
    assert "secret" not in answer.text


def test_every_problem_is_listed_in_the_documentation() -> None:
    text = (Path(__file__).parents[3] / "docs" / "application.md").read_text(encoding="utf-8")
    rows = {line for line in text.splitlines() if "`urn:problem-type:" in line}
    assert rows == {f"| {each.status} | `{each.type}` | {each.title} |" for each in PROBLEMS.values()}
