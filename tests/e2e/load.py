# SPDX-License-Identifier: GPL-3.0-or-later
"""Load on a site: bounded in clients, requests and time, and every answer counted."""

from __future__ import annotations

import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

import urllib3

CLIENTS = 6
PATHS = ("healthz", "healthz", "healthz", "healthz", "healthz", "api/products")
MOST_REQUESTS = 200_000


@dataclass
class Load:
    """Clients that send requests over keep-alive connections, without retries, until they are told to stop.

    `answers` counts statuses, and the names of errors where there was no answer.
    """

    url: str
    authority: Path
    most_seconds: float
    answers: Counter[str] = field(default_factory=Counter)

    def __post_init__(self) -> None:
        self._stop = threading.Event()
        self._lock = threading.Lock()
        self._threads = [threading.Thread(target=self._send, args=(path,)) for path in PATHS[:CLIENTS]]

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
    def sent(self) -> int:
        """How many requests were sent."""
        return self.answers.total()

    @property
    def failed(self) -> int:
        """How many requests were answered by anything but 200."""
        return self.sent - self.answers["200"]

    def _send(self, path: str) -> None:
        pool = urllib3.PoolManager(num_pools=1, maxsize=1, ca_certs=str(self.authority), retries=False, timeout=10.0)
        while not self._stop.is_set() and time.monotonic() < self._end and self.sent < MOST_REQUESTS:
            try:
                outcome = str(pool.request("GET", self.url + path).status)
            except urllib3.exceptions.HTTPError as error:
                outcome = type(error).__name__
            with self._lock:
                self.answers[outcome] += 1
        pool.clear()
