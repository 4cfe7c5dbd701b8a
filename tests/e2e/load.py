# SPDX-License-Identifier: GPL-3.0-or-later
"""Load on a site: bounded in clients, requests, rate and time, and every answer counted.

The clients are ours, on urllib3: Locust would bring gevent and two dozen packages for the sending, and most of this is
about the rest, which is when what failed, and whether what was written is read back.
"""

from __future__ import annotations

import itertools
import threading
import time
import urllib.parse
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import urllib3
from urllib3.connection import HTTPSConnection

from tests.e2e.load_clients import Client, Reader, Request, Writer
from tests.e2e.load_figures import Answer, Figures, figures, table

READERS = ("healthz", "healthz", "healthz", "healthz", "healthz", "api/products")
# What further ones ask for: moto reads the whole table for a list of products, so one of them is enough.
MORE_READERS = ("healthz", "static/storefront.css")
WRITERS = 2
MOST_REQUESTS = 1_000_000
TIMEOUT_SECONDS = 10.0


@dataclass
class Load:
    """Clients that send requests over keep-alive connections, without retries, until they are told to stop.

    `answers` counts statuses, and the names of errors where there was no answer; `wrong` the answers that are not what
    was written; `handshakes` the connections that were opened. Writers add products; `written` has those that the site
    said it has. All clients together send at most `rate` requests in a second, 0 for as many as they can.
    """

    url: str
    authority: Path
    most_seconds: float
    writers: int = 0
    readers: int = len(READERS)
    rate: float = 0
    answers: Counter[str] = field(default_factory=Counter)
    written: dict[str, Request] = field(default_factory=dict)
    handshakes: int = 0
    wrong: int = 0

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._record: list[Answer] = []
        self._events: dict[str, tuple[float, float]] = {}
        paths = itertools.chain(READERS, itertools.cycle(MORE_READERS))
        readers = [Reader(path) for path in itertools.islice(paths, self.readers)]
        clients: list[Client] = [*readers, *(Writer() for _ in range(self.writers))]
        self._threads = [threading.Thread(target=self._work, args=(client,)) for client in clients]

    def __enter__(self) -> Load:
        self._end = time.monotonic() + self.most_seconds
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    @contextmanager
    def event(self, name: str) -> Iterator[None]:
        """Count what ends during a block by the name of what happens in it."""
        begin = time.monotonic()
        yield
        self._events[name] = (begin, time.monotonic())

    def figures(self, name: str) -> Figures:
        """Return the figures of an event."""
        return figures(self._record, *self._events[name])

    def table(self) -> list[str]:
        """Return in lines for a person how each event went, and all together."""
        rows = {name: self.figures(name) for name in self._events}
        return table({**rows, "all": figures(self._record, 0, time.monotonic())})

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

    def _work(self, client: Client) -> None:
        place = urllib.parse.urlsplit(self.url)
        assert place.hostname
        pool = urllib3.HTTPSConnectionPool(
            place.hostname, place.port, maxsize=1, ca_certs=str(self.authority), retries=False, timeout=TIMEOUT_SECONDS
        )
        pool.ConnectionCls = self._connection()
        due = time.monotonic()
        while not self._stop.is_set() and time.monotonic() < self._end and self.sent < MOST_REQUESTS:
            self._send(pool, client)
            # What came too late is not made up for: that would be a rush.
            due = max(due + self.clients / self.rate, time.monotonic()) if self.rate else 0
            self._stop.wait(max(0.0, due - time.monotonic()))
        pool.close()

    def _send(self, pool: urllib3.HTTPSConnectionPool, client: Client) -> None:
        request, begin = client.next(), time.monotonic()
        try:
            answer = pool.request(request.method, request.path, json=request.body)
            outcome, wrong = str(answer.status), request.is_wrong(answer)
        except urllib3.exceptions.HTTPError as error:
            outcome, wrong = type(error).__name__, False
        if outcome == "201":
            client.keep(request)
        with self._lock:
            self._record.append(Answer(begin, time.monotonic() - begin, outcome in ("200", "201"), wrong))
            self.answers[outcome] += 1
            self.wrong += wrong
            if outcome == "201":
                self.written[request.product] = request

    def _connection(self) -> type[HTTPSConnection]:
        """Return a kind of connection that counts how often it is opened; urllib3 counts no second time."""

        class Connection(HTTPSConnection):
            def connect(connection) -> None:
                super().connect()
                with self._lock:
                    self.handshakes += 1

        return Connection
