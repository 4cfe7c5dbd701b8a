# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The JSON API."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
from flask.testing import FlaskClient
from storefront_support.memory import MemoryRepository
from storefront_support.products import body, product


def test_added_product_is_returned_at_its_location(client: FlaskClient) -> None:
    before = datetime.now(UTC)
    created = client.post("/api/products", json=body())
    assert created.status_code == 201
    assert created.headers["Location"] == "/api/products/blue-mug"
    shown = client.get(created.headers["Location"])
    assert shown.status_code == 200
    assert shown.json == created.json
    assert shown.json is not None
    created_at = shown.json["created_at"]
    assert shown.json == body() | {"created_at": created_at, "version": 1}
    assert before <= datetime.fromisoformat(created_at) <= datetime.now(UTC)


def test_taken_id_is_a_conflict_and_changes_nothing(client: FlaskClient, memory: MemoryRepository) -> None:
    memory.add(product())
    answer = client.post("/api/products", json=body(name="Another"))
    assert answer.status_code == 409
    assert answer.json is not None
    assert answer.json["type"] == "urn:problem-type:storefront:product-exists"
    assert memory.get("blue-mug") == product()


def test_removed_product_is_gone(client: FlaskClient, memory: MemoryRepository) -> None:
    memory.add(product())
    removed = client.delete("/api/products/blue-mug")
    assert (removed.status_code, removed.data) == (204, b"")
    assert client.get("/api/products/blue-mug").status_code == 404
    assert client.delete("/api/products/blue-mug").status_code == 404


def test_cursor_walks_through_every_product_once(client: FlaskClient, memory: MemoryRepository) -> None:
    ids = [f"product-{number:02}" for number in range(7)]
    for product_id in ids:
        memory.add(product(product_id))
    seen: list[str] = []
    query: dict[str, Any] = {"limit": 3}
    for _ in range(3):
        answer = client.get("/api/products", query_string=query).json
        assert answer is not None
        seen += [item["id"] for item in answer["items"]]
        query["cursor"] = answer["next_cursor"]
    assert seen == ids
    assert query["cursor"] is None


def test_list_has_twenty_products_unless_told(client: FlaskClient, memory: MemoryRepository) -> None:
    for number in range(21):
        memory.add(product(f"p{number}"))
    answer = client.get("/api/products").json
    assert answer is not None
    assert len(answer["items"]) == 20


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"id": "Blue"}, "#/id"),
        ({"id": "-blue"}, "#/id"),
        ({"id": "blue\n"}, "#/id"),
        ({"id": "b" * 65}, "#/id"),
        ({"id": ""}, "#/id"),
        ({"id": 7}, "#/id"),
        ({"name": "  "}, "#/name"),
        ({"name": "x" * 121}, "#/name"),
        ({"name": "two\nlines"}, "#/name"),
        ({"name": "\u202ebackwards"}, "#/name"),
        ({"price_cents": -1}, "#/price_cents"),
        ({"price_cents": 12.5}, "#/price_cents"),
        ({"price_cents": "1250"}, "#/price_cents"),
        ({"price_cents": True}, "#/price_cents"),
        ({"price_cents": 10**30}, "#/price_cents"),
        ({"stock": None}, "#/stock"),
        ({"stock": 1_000_001}, "#/stock"),
        ({"created_at": "2020-01-01"}, "#/created_at"),
        ({"a/b~c": 1}, "#/a~1b~0c"),
    ],
)
def test_broken_rule_is_named_and_stores_nothing(
    client: FlaskClient, memory: MemoryRepository, change: dict[str, Any], pointer: str
) -> None:
    answer = client.post("/api/products", json=body() | change)
    assert answer.status_code == 422
    assert answer.json is not None
    assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert memory.page(1).products == ()


def test_all_broken_rules_are_named_at_once(client: FlaskClient) -> None:
    answer = client.post("/api/products", json={"id": "UPPER", "name": "x"})
    assert answer.json is not None
    assert {error["pointer"] for error in answer.json["errors"]} == {"#/id", "#/price_cents", "#/stock"}


@pytest.mark.parametrize("text", [b"", b"{", b"\xff", b'{"id": "\\ud800"}'])
def test_body_that_is_no_json_is_a_bad_request(client: FlaskClient, text: bytes) -> None:
    answer = client.post("/api/products", data=text, content_type="application/json")
    assert answer.status_code == 400
    assert answer.json is not None
    assert answer.json["type"] == "urn:problem-type:storefront:malformed-body"


@pytest.mark.parametrize("text", [b"[]", b"null", b'"text"'])
def test_json_that_is_no_object_is_refused(client: FlaskClient, text: bytes) -> None:
    assert client.post("/api/products", data=text, content_type="application/json").status_code == 422


def test_other_content_types_are_refused(client: FlaskClient) -> None:
    assert client.post("/api/products", data=body()).status_code == 415
    assert client.post("/api/products", json=body(), content_type="application/json; charset=utf-8").status_code == 201


def test_large_body_is_refused(client: FlaskClient) -> None:
    assert client.post("/api/products", json=body(name="x" * 17_000)).status_code == 413


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=101", "limit=x", "cursor=", "cursor=%21", "cursor=QQ", "cursor=4pyT", "page=2"]
)
def test_query_of_the_list_is_checked(client: FlaskClient, query: str) -> None:
    assert client.get(f"/api/products?{query}").status_code == 422


@pytest.mark.parametrize("text", ["UPPER", "a" * 2000, "a%2Fb", "%00", "-"])
def test_text_that_is_no_id_is_not_found(client: FlaskClient, text: str) -> None:
    assert client.get(f"/api/products/{text}").status_code == 404
    assert client.delete(f"/api/products/{text}").status_code == 404
