# SPDX-License-Identifier: GPL-3.0-or-later
"""One lock around what both the API and the scheduler touch, and the event that wakes the scheduler."""

from __future__ import annotations

import functools
import threading
from collections import Counter
from typing import Any

READS = ("Describe", "List", "Get", "Filter")
# What writes are counted of: who reads it knows when to read again.
NETWORK = "network"
IDENTITIES = "identities"


class Gate:
    """Serialise API actions with the scheduler: moto itself takes no lock and iterates live dictionaries."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.wake = threading.Event()
        self.writes: Counter[str] = Counter()

    def guard(self, response_class: Any, counted: str = "") -> None:
        """Run every action of a moto response class under the lock; a write wakes the scheduler.

        Writes, failed ones too, are counted under a name.
        """
        original = response_class.call_action

        @functools.wraps(original)
        def call_action(response: Any) -> Any:
            writes = not (response._get_action() or "").startswith(READS)
            with self.lock:
                try:
                    answer = original(response)
                finally:
                    self.writes[counted] += writes
            if writes:
                self.wake.set()
            return answer

        response_class.call_action = call_action
