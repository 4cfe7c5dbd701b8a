# SPDX-License-Identifier: GPL-3.0-or-later
"""Many want the last pieces through the load balancer while tasks die: exactly what there was is sold, to somebody."""

from __future__ import annotations

import os
import signal
import threading
import time
import uuid
from collections import Counter
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import Any

import pytest
import urllib3

from tests.e2e.replacing import replace_all_tasks_under_load
from tests.e2e.site import Site, wait_until

BUYERS, ITEMS, AT_ONCE = 100, 10, 25
# What there is while a deployment replaces the tasks, and how long it takes until another buyer comes, in seconds.
MANY, PAUSE = 60, 0.5
SECONDS = 120
AGAIN = {429, 500, 502, 503, 504}


class Buyers:
    """Clients that ask, with the key of their first attempt, until they are told yes or no."""

    def __init__(self, site: Site, product: str) -> None:
        self._pool = urllib3.PoolManager(
            maxsize=AT_ONCE, ca_certs=str(site.authority), retries=False, timeout=urllib3.Timeout(10.0)
        )
        self._url = f"{site.url}api/orders"
        self._product = product
        self.answers: Counter[str] = Counter()
        self.ids: set[str] = set()
        self.answered = threading.Event()
        self._lock = threading.Lock()

    def buy(self, number: int) -> None:
        key, end = uuid.uuid4().hex, time.monotonic() + SECONDS
        wish = {"customer_id": f"buyer-{number:04}", "product_id": self._product}
        while time.monotonic() < end:
            outcome, answer = self._ask(wish, key)
            with self._lock:
                self.answers[outcome] += 1
                if outcome == "201":
                    self.ids.add(answer["id"])
            self.answered.set()
            if outcome in ("201", "409"):
                return
        raise AssertionError(f"buyer {number} was never answered")

    def _ask(self, wish: dict[str, str], key: str) -> tuple[str, Any]:
        try:
            answer = self._pool.request("POST", self._url, json=wish, headers={"Idempotency-Key": key})
        except urllib3.exceptions.HTTPError as error:
            return type(error).__name__, None
        assert answer.status in {201, 409, *AGAIN}, answer.data
        return str(answer.status), answer.json() if answer.status == 201 else None


def test_what_there_is_is_sold_once_while_tasks_die(site: Site) -> None:
    product = _product(site, ITEMS)
    before = {task["id"]: task["pid"] for task in site.tasks()}
    buyers = Buyers(site, product)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        waiting = [pool.submit(buyers.buy, number) for number in range(BUYERS)]
        # One at once, and another when it has been replaced or the buyers are done: one always stays.
        assert buyers.answered.wait(SECONDS)
        os.kill(next(iter(before.values())), signal.SIGKILL)
        for one in waiting:
            one.result()
    _is_sold_once(site, buyers, product, ITEMS)
    assert buyers.answers["409"] == BUYERS - ITEMS
    wait_until(lambda: len(site.tasks()) == len(before), 180, "another task serves")


@pytest.mark.full
def test_what_there_is_is_sold_once_and_everybody_answered_at_once_while_all_tasks_are_replaced(site: Site) -> None:
    product = _product(site, MANY)
    buyers = Buyers(site, product)
    waiting: list[Future[None]] = []
    with ThreadPoolExecutor(AT_ONCE) as pool:
        deployment = pool.submit(replace_all_tasks_under_load, site, "with-buyers")
        while not deployment.done():
            waiting.append(pool.submit(buyers.buy, len(waiting)))
            wait([deployment], timeout=PAUSE)
        during = len(waiting)
        # And then more than there are pieces.
        waiting += [pool.submit(buyers.buy, during + number) for number in range(BUYERS)]
        for one in waiting:
            one.result()
        deployment.result()
    assert during >= MANY // 2
    _is_sold_once(site, buyers, product, MANY)
    assert set(buyers.answers) == {"201", "409"}
    site.playbook("--tags", "ecs_service")


def _product(site: Site, stock: int) -> str:
    product = f"last-{uuid.uuid4().hex[:8]}"
    body = {"id": product, "name": "Last pieces", "price_cents": 100, "stock": stock}
    assert site.request("api/products", "POST", body)[0] == 201
    return product


def _is_sold_once(site: Site, buyers: Buyers, product: str, pieces: int) -> None:
    assert buyers.answers["201"] == len(buyers.ids) == pieces, buyers.answers
    table = site.client("dynamodb")
    items = [item for page in table.get_paginator("scan").paginate(TableName=_table(site)) for item in page["Items"]]
    orders = {item["pk"]["S"].partition("#")[2] for item in items if item.get("product_id") == {"S": product}}
    assert orders == buyers.ids
    (stock,) = (item["stock"]["N"] for item in items if item["sk"]["S"] == f"PRODUCT#{product}")
    assert stock == "0"


def _table(site: Site) -> str:
    (name,) = site.client("dynamodb").list_tables()["TableNames"][:1]
    return str(name)
