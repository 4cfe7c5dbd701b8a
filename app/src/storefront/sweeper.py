# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Put back what nobody came for in time: by every task, now and then, for whatever it misses another one finds."""

from __future__ import annotations

import random
import threading

import structlog

from storefront.checkout import utc_now
from storefront.repository import Repository

_log = structlog.stdlib.get_logger("storefront.sweeper")


class Sweeper(threading.Thread):
    """The thread; it ends with the process, between two transactions or in one that DynamoDB ends."""

    def __init__(self, repository: Repository, seconds: float) -> None:
        super().__init__(name="sweeper", daemon=True)
        self._repository = repository
        self._seconds = seconds
        self._ending = threading.Event()

    def stop(self) -> None:
        """End soon."""
        self._ending.set()

    def run(self) -> None:
        """Sweep until told to stop; tasks that were started together do not sweep together."""
        while not self._ending.wait(self._seconds * random.uniform(0.5, 1.5)):  # noqa: S311 -- no secret
            self.sweep()

    def sweep(self) -> None:
        """Sweep once. Whatever fails is told, and the next round may do better."""
        try:
            ended = self._repository.expire(utc_now())
        except Exception as error:
            _log.warning("sweep failed", cause=repr(error.__cause__ or error))
            return
        if ended:
            _log.info("reservations expired", count=ended)
