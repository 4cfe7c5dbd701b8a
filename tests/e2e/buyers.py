# SPDX-License-Identifier: GPL-3.0-or-later
"""Clients of the shop that all want the last pieces, and what has to be true of them afterwards."""

from __future__ import annotations

import random
import threading
import time
import uuid
from collections import Counter
from typing import Any

import urllib3

from tests.e2e.site import Site

AT_ONCE = 25
SECONDS = 120
AGAIN = {429, 500, 502, 503, 504}


class Buyers:
    """Clients that ask, with the key of their first attempt, until they are told yes or no.

    `again` is which share of those that were told yes asks once more, as if they had not heard it. `orders` has what
    each buyer was told that it bought: the same at each time.
    """

    def __init__(self, site: Site, product: str, again: float = 0.0) -> None:
        self._pool = urllib3.PoolManager(
            maxsize=AT_ONCE, ca_certs=str(site.authority), retries=False, timeout=urllib3.Timeout(10.0)
        )
        self._url = f"{site.url}api/orders"
        self._product = product
        self._again = again
        self.answers: Counter[str] = Counter()
        self.orders: dict[int, set[str]] = {}
        self.answered = threading.Event()
        self._lock = threading.Lock()

    def buy(self, number: int) -> None:
        """Ask until there is an answer; raise AssertionError if there is none, or another than the first time."""
        key, end = uuid.uuid4().hex, time.monotonic() + SECONDS
        wish = {"customer_id": f"buyer-{number:04}", "product_id": self._product}
        while time.monotonic() < end:
            outcome, answer = self._ask(wish, key)
            with self._lock:
                self.answers[outcome] += 1
                if outcome == "201":
                    self.orders.setdefault(number, set()).add(answer["id"])
            self.answered.set()
            if outcome == "409":
                assert number not in self.orders, f"buyer {number} was told yes, then no"
                return
            if outcome == "201" and random.random() >= self._again:  # noqa: S311 -- no secret
                return
        raise AssertionError(f"buyer {number} was never answered")

    def _ask(self, wish: dict[str, str], key: str) -> tuple[str, Any]:
        try:
            answer = self._pool.request("POST", self._url, json=wish, headers={"Idempotency-Key": key})
        except urllib3.exceptions.HTTPError as error:
            return type(error).__name__, None
        assert answer.status in {201, 409, *AGAIN}, answer.data
        return str(answer.status), answer.json() if answer.status == 201 else None


def product_with(site: Site, stock: int) -> str:
    """Add a product with so many pieces, and return its id."""
    product = f"last-{uuid.uuid4().hex[:8]}"
    body = {"id": product, "name": "Last pieces", "price_cents": 100, "stock": stock}
    assert site.request("api/products", "POST", body)[0] == 201
    return product


def assert_sold_once(site: Site, buyers: Buyers, product: str, pieces: int, left: int = 0) -> None:
    """Fail unless so many pieces are sold, each to somebody who was told so, and so many are left."""
    assert [len(ids) for ids in buyers.orders.values()] == [1] * pieces, (buyers.orders, buyers.answers)
    table = site.client("dynamodb")
    items = [item for page in table.get_paginator("scan").paginate(TableName=_table(site)) for item in page["Items"]]
    orders = {item["pk"]["S"].partition("#")[2] for item in items if item.get("product_id") == {"S": product}}
    assert orders == {one for ids in buyers.orders.values() for one in ids}
    assert len(orders) == pieces
    (stock,) = (item["stock"]["N"] for item in items if item["sk"]["S"] == f"PRODUCT#{product}")
    assert int(stock) == left


def _table(site: Site) -> str:
    (name,) = site.client("dynamodb").list_tables()["TableNames"][:1]
    return str(name)
