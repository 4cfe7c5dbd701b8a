# SPDX-License-Identifier: GPL-3.0-or-later
"""One lock around what both the API and the scheduler touch, and the event that wakes the scheduler."""

from __future__ import annotations

import functools
import threading
from typing import Any

READS = ("Describe", "List", "Get", "Filter")


class Gate:
    """Serialise API actions with the scheduler: moto itself takes no lock and iterates live dictionaries."""

    def __init__(self) -> None:
        self.lock = threading.RLock()
        self.wake = threading.Event()
        self.network_writes = 0

    def guard(self, response_class: Any, *, network: bool = False) -> None:
        """Run every action of a moto response class under the lock; a write wakes the scheduler.

        Writes to a class of the network are counted, failed ones too: who reads the network knows when to read again.
        """
        original = response_class.call_action

        @functools.wraps(original)
        def call_action(response: Any) -> Any:
            writes = not (response._get_action() or "").startswith(READS)
            with self.lock:
                try:
                    answer = original(response)
                finally:
                    self.network_writes += network and writes
            if writes:
                self.wake.set()
            return answer

        response_class.call_action = call_action
