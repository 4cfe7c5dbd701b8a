# SPDX-License-Identifier: GPL-3.0-or-later
"""Load on a site: bounded in clients, requests and time, and every answer counted."""

from __future__ import annotations

import threading
import time
import urllib.parse
import uuid
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import urllib3
from urllib3.connection import HTTPSConnection

READERS = ("healthz", "healthz", "healthz", "healthz", "healthz", "api/products")
WRITERS = 2
MOST_REQUESTS = 1_000_000


@dataclass(frozen=True)
class Request:
    """What a client sends; `product` names what it adds."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    product: str = ""


def reading(path: str) -> Callable[[], Request]:
    """Return what makes the requests of a reader."""
    return lambda: Request("GET", f"/{path}")


def writing() -> Request:
    """Return a request that adds another product."""
    product = f"load-{uuid.uuid4().hex[:12]}"
    return Request("POST", "/api/products", {"id": product, "name": "Load", "price_cents": 1, "stock": 1}, product)


@dataclass
class Load:
    """Clients that send requests over keep-alive connections, without retries, until they are told to stop.

    `answers` counts statuses, and the names of errors where there was no answer; `handshakes` the connections that were
    opened. Writers add products; `written` names those that the site said it has.
    """

    url: str
    authority: Path
    most_seconds: float
    writers: int = 0
    answers: Counter[str] = field(default_factory=Counter)
    written: list[str] = field(default_factory=list)
    handshakes: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._lock = threading.Lock()
        requests = [*(reading(path) for path in READERS), *[writing] * self.writers]
        self._threads = [threading.Thread(target=self._send, args=(request,)) for request in requests]

    def __enter__(self) -> Load:
        self._end = time.monotonic() + self.most_seconds
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @property
    def clients(self) -> int:
        """How many clients there are."""
        return len(self._threads)

    @property
    def sent(self) -> int:
        """How many requests were sent."""
        return self.answers.total()

    @property
    def failed(self) -> int:
        """How many requests were not answered as they should: reading by 200, writing by 201."""
        return self.sent - self.answers["200"] - self.answers["201"]

    def _send(self, make: Callable[[], Request]) -> None:
        place = urllib.parse.urlsplit(self.url)
        assert place.hostname
        pool = urllib3.HTTPSConnectionPool(
            place.hostname, place.port, maxsize=1, ca_certs=str(self.authority), retries=False, timeout=10.0
        )
        pool.ConnectionCls = self._connection()
        while not self._stop.is_set() and time.monotonic() < self._end and self.sent < MOST_REQUESTS:
            request = make()
            try:
                outcome = str(pool.request(request.method, request.path, json=request.body).status)
            except urllib3.exceptions.HTTPError as error:
                outcome = type(error).__name__
            with self._lock:
                self.answers[outcome] += 1
                if outcome == "201":
                    self.written.append(request.product)
        pool.close()

    def _connection(self) -> type[HTTPSConnection]:
        """Return a kind of connection that counts how often it is opened; urllib3 counts no second time."""

        class Connection(HTTPSConnection):
            def connect(connection) -> None:
                super().connect()
                with self._lock:
                    self.handshakes += 1

        return Connection
