# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reservations and orders in the API."""

from __future__ import annotations

import uuid
from datetime import datetime, timedelta
from typing import Any

import pytest
from flask.testing import FlaskClient
from storefront_support.memory import MemoryRepository
from storefront_support.products import CUSTOMER, NOW, OTHER_CUSTOMER, product

from storefront import create_app
from storefront.settings import Settings


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        return self.now


@pytest.fixture
def clock() -> Clock:
    """Return the clock of the shop."""
    return Clock()


@pytest.fixture
def shop(settings: Settings, memory: MemoryRepository, clock: Clock) -> FlaskClient:
    """Return a client of a shop that has seven mugs."""
    memory.add(product())
    return create_app(settings, memory, clock).test_client()


def wanted(**changes: Any) -> dict[str, Any]:
    return {"customer_id": CUSTOMER, "product_id": "blue-mug", "quantity": 2} | changes


def key() -> dict[str, str]:
    return {"Idempotency-Key": uuid.uuid4().hex}


def test_reservation_becomes_an_order(shop: FlaskClient) -> None:
    made = shop.post("/api/reservations", json=wanted(), headers=key())
    assert made.status_code == 201
    assert made.json is not None
    assert shop.get(made.headers["Location"]).json == made.json
    assert made.json | {"id": ""} == {
        **wanted(),
        "id": "",
        "product_name": "Blue mug",
        "unit_price_cents": 1250,
        "status": "held",
        "held_until": (NOW + timedelta(minutes=10)).isoformat(),
    }
    bought = shop.post(f"{made.headers['Location']}/order", headers=key())
    assert bought.status_code == 201
    assert bought.json is not None
    assert (bought.json["total_cents"], bought.json["status"]) == (2500, "placed")
    shown = shop.get(bought.headers["Location"])
    assert shown.json == bought.json
    assert shown.headers["ETag"] == '"1"'
    assert shop.get(made.headers["Location"]).json["status"] == "confirmed"  # type: ignore[index]


def test_reservation_that_is_given_up_puts_the_pieces_back(shop: FlaskClient, memory: MemoryRepository) -> None:
    made = shop.post("/api/reservations", json=wanted(quantity=7), headers=key())
    refused = shop.post("/api/orders", json=wanted(), headers=key())
    assert (refused.status_code, refused.json["type"].rpartition(":")[2]) == (409, "out-of-stock")  # type: ignore[index]
    assert shop.delete(made.headers["Location"]).status_code == 204
    assert memory.get("blue-mug").stock == 7
    ended = shop.post(f"{made.headers['Location']}/order", headers=key())
    assert (ended.status_code, ended.json["type"].rpartition(":")[2]) == (409, "reservation-ended")  # type: ignore[index]


def test_what_is_over_is_shown_so_and_sold_to_others_before_any_sweep(
    shop: FlaskClient, clock: Clock, memory: MemoryRepository
) -> None:
    made = shop.post("/api/reservations", json=wanted(quantity=7), headers=key())
    clock.now += timedelta(minutes=10)
    assert shop.get(made.headers["Location"]).json["status"] == "expired"  # type: ignore[index]
    assert shop.post("/api/orders", json=wanted(), headers=key()).status_code == 409
    clock.now += timedelta(seconds=6)
    assert shop.post("/api/orders", json=wanted(), headers=key()).status_code == 201
    assert memory.get("blue-mug").stock == 5


def test_second_attempt_is_answered_as_the_first(shop: FlaskClient, memory: MemoryRepository) -> None:
    for path in ("/api/reservations", "/api/orders"):
        headers = key()
        answers = [shop.post(path, json=wanted(), headers=headers) for _ in range(2)]
        quoted = {"Idempotency-Key": f'"{headers["Idempotency-Key"]}"'}
        answers.append(shop.post(path, json=wanted(), headers=quoted))
        assert [answer.status_code for answer in answers] == [201, 201, 201]
        assert answers[0].json == answers[1].json == answers[2].json
        other = shop.post(path, json=wanted(quantity=1), headers=headers)
        assert (other.status_code, other.json["type"].rpartition(":")[2]) == (422, "idempotency-key-reused")  # type: ignore[index]
    assert memory.get("blue-mug").stock == 3


def test_product_that_is_added_by_a_key_is_added_once(shop: FlaskClient) -> None:
    headers, new = key(), {"id": "red-mug", "name": "Red mug", "price_cents": 1, "stock": 1}
    first, second = (shop.post("/api/products", json=new, headers=headers) for _ in range(2))
    assert (first.status_code, second.status_code) == (201, 201)
    assert first.json == second.json
    assert shop.post("/api/products", json=new, headers=key()).status_code == 409


@pytest.mark.parametrize("sent", [None, "", "short", "x" * 65, "with space", 'a"b"c"d"e', "ümlaut-key"])
def test_sale_without_a_good_key_is_refused(shop: FlaskClient, memory: MemoryRepository, sent: str | None) -> None:
    headers = {} if sent is None else {"Idempotency-Key": sent.encode().decode("latin-1")}
    for path in ("/api/reservations", "/api/orders", f"/api/reservations/{'0' * 32}/order"):
        answer = shop.post(path, json=wanted(), headers=headers)
        assert answer.status_code == 400
        assert answer.json is not None
        assert answer.json["type"].endswith(":idempotency-key-missing")
    assert memory.get("blue-mug").stock == 7


@pytest.mark.parametrize(
    ("change", "pointer"),
    [
        ({"quantity": 0}, "#/quantity"),
        ({"quantity": 101}, "#/quantity"),
        ({"quantity": 1.5}, "#/quantity"),
        ({"customer_id": "short"}, "#/customer_id"),
        ({"customer_id": "line\nbreak-here"}, "#/customer_id"),
        ({"customer_id": "trailing-break\n"}, "#/customer_id"),
        ({"product_id": "UPPER"}, "#/product_id"),
        ({"price_cents": 1}, "#/price_cents"),
    ],
)
def test_broken_rule_sells_nothing(
    shop: FlaskClient, memory: MemoryRepository, change: dict[str, Any], pointer: str
) -> None:
    for path in ("/api/reservations", "/api/orders"):
        answer = shop.post(path, json=wanted(**change), headers=key())
        assert answer.status_code == 422
        assert answer.json is not None
        assert [error["pointer"] for error in answer.json["errors"]] == [pointer]
    assert memory.get("blue-mug").stock == 7


def test_order_is_settled_by_who_read_it_last(shop: FlaskClient, memory: MemoryRepository) -> None:
    order = shop.post("/api/orders", json=wanted(), headers=key())
    address = order.headers["Location"]
    cancelled = shop.patch(address, json={"status": "cancelled"}, headers={"If-Match": order.headers["ETag"]})
    assert cancelled.status_code == 200
    assert cancelled.headers["ETag"] == '"2"'
    assert memory.get("blue-mug").stock == 7
    stale = shop.patch(address, json={"status": "shipped"}, headers={"If-Match": '"1"'})
    assert (stale.status_code, stale.json["type"].rpartition(":")[2]) == (412, "stale-version")  # type: ignore[index]
    settled = shop.patch(address, json={"status": "shipped"}, headers={"If-Match": '"2"'})
    assert (settled.status_code, settled.json["type"].rpartition(":")[2]) == (409, "order-settled")  # type: ignore[index]


@pytest.mark.parametrize("sent", [None, "", "*", '"x"', '"1", "2"', 'W/"1"', '"1234567890123"', '"\u0661"'])
def test_change_without_a_good_precondition_is_refused(shop: FlaskClient, sent: str | None) -> None:
    headers = {} if sent is None else {"If-Match": sent.encode().decode("latin-1")}
    answer = shop.patch("/api/products/blue-mug", json={"stock": 1}, headers=headers)
    assert answer.status_code == 428
    assert answer.json is not None
    assert answer.json["type"].endswith(":precondition-missing")


def test_product_is_changed_by_who_read_it_last(shop: FlaskClient) -> None:
    read = shop.get("/api/products/blue-mug")
    changed = shop.patch("/api/products/blue-mug", json={"stock": 9}, headers={"If-Match": read.headers["ETag"]})
    assert changed.status_code == 200
    assert changed.json == {**(read.json or {}), "stock": 9, "version": 2}
    stale = shop.patch("/api/products/blue-mug", json={"stock": 8}, headers={"If-Match": read.headers["ETag"]})
    assert stale.status_code == 412
    for nothing in ({}, {"id": "other"}, {"stock": -1}):
        refused = shop.patch("/api/products/blue-mug", json=nothing, headers={"If-Match": '"2"'})
        assert refused.status_code == 422


def test_who_has_it_already_is_told_so(shop: FlaskClient) -> None:
    read = shop.get("/api/products/blue-mug")
    again = shop.get("/api/products/blue-mug", headers={"If-None-Match": read.headers["ETag"]})
    assert (again.status_code, again.data) == (304, b"")


def test_orders_are_listed_by_customer_or_status_a_page_at_a_time(shop: FlaskClient) -> None:
    ids = []
    for _ in range(3):
        order = shop.post("/api/orders", json=wanted(quantity=1), headers=key())
        ids.append((order.json or {})["id"])
    shop.post("/api/orders", json=wanted(quantity=1, customer_id=OTHER_CUSTOMER), headers=key())
    for query, count in (({"customer_id": CUSTOMER}, 3), ({"status": "placed"}, 4), ({"status": "shipped"}, 0)):
        seen, cursor = [], {}
        for _ in range(3):
            page = shop.get("/api/orders", query_string={**query, "limit": 2, **cursor}).json or {}
            seen += [item["id"] for item in page["items"]]
            if page["next_cursor"] is None:
                break
            cursor = {"cursor": page["next_cursor"]}
        assert len(set(seen)) == len(seen) == count


@pytest.mark.parametrize("query", ["", "customer_id=customer-one&status=placed", "status=lost", "customer_id=x"])
def test_orders_of_nobody_in_particular_are_not_listed(shop: FlaskClient, query: str) -> None:
    assert shop.get(f"/api/orders?{query}").status_code == 422


def test_cursor_is_good_for_its_own_list_only_and_cannot_be_changed(shop: FlaskClient) -> None:
    for number in range(3):
        shop.post("/api/orders", json=wanted(quantity=number + 1), headers=key())
    page = shop.get("/api/orders?status=placed&limit=1").json or {}
    cursor = page["next_cursor"]
    assert shop.get(f"/api/orders?status=placed&cursor={cursor}").status_code == 200
    for other in ("orders?status=shipped&", f"orders?customer_id={CUSTOMER}&", "products?"):
        assert shop.get(f"/api/{other}cursor={cursor}").status_code == 422
    changed = ("B" if cursor[0] == "A" else "A") + cursor[1:]
    assert shop.get(f"/api/orders?status=placed&cursor={changed}").status_code == 422


@pytest.mark.parametrize("path", ["reservations", "orders"])
@pytest.mark.parametrize("given", ["0" * 32, "0" * 31, "UPPER" * 6, "%00"])
def test_what_nobody_made_is_not_found(shop: FlaskClient, path: str, given: str) -> None:
    assert shop.get(f"/api/{path}/{given}").status_code == 404
