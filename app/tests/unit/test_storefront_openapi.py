# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The description of the API says what the API does."""

from __future__ import annotations

import json
from typing import Any

import pytest
from flask.testing import FlaskClient

from storefront.problems import PREFIX, PROBLEMS


@pytest.fixture
def description(client: FlaskClient) -> dict[str, Any]:
    """Return the description."""
    answer = client.get("/api/openapi.json")
    assert answer.status_code == 200
    described: dict[str, Any] = answer.json
    return described


def test_every_route_and_method_is_described(client: FlaskClient, description: dict[str, Any]) -> None:
    rules = [rule for rule in client.application.url_map.iter_rules() if rule.endpoint.startswith("api.")]
    served = {method.lower() for rule in rules for method in (rule.methods or ())} - {"head", "options"}
    methods = {method for path in description["paths"].values() for method in path}
    assert methods == served
    assert len(description["paths"]) == len(rules) - 1  # all but the description itself
    assert description["openapi"].startswith("3.1.")
    assert description["info"]["version"] == "1.2.3"


def test_every_problem_of_the_shop_is_described_somewhere(description: dict[str, Any]) -> None:
    text = json.dumps(description)
    assert all(problem.type in text for problem in PROBLEMS.values())
    assert text.count(PREFIX) > len(PROBLEMS)


def test_every_reference_leads_somewhere(description: dict[str, Any]) -> None:
    schemas = description["components"]["schemas"]

    def references(part: Any) -> list[str]:
        if isinstance(part, dict):
            own = [part["$ref"]] if "$ref" in part else []
            return own + [found for value in part.values() for found in references(value)]
        return [found for value in part for found in references(value)] if isinstance(part, list) else []

    found = references(description)
    assert found
    assert {one.removeprefix("#/components/schemas/") for one in found} <= set(schemas)


def test_writes_that_must_happen_once_need_a_key(description: dict[str, Any]) -> None:
    needed = {
        path: parameter["required"]
        for path, methods in description["paths"].items()
        for parameter in methods.get("post", {}).get("parameters", [])
        if parameter["name"] == "Idempotency-Key"
    }
    posts = {path for path, methods in description["paths"].items() if "post" in methods}
    assert needed == {path: path != "/api/products" for path in posts}
