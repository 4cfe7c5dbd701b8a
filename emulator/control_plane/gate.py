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

    def guard(self, response_class: Any) -> None:
        """Run every action of a moto response class under the lock; a write wakes the scheduler."""
        original = response_class.call_action

        @functools.wraps(original)
        def call_action(response: Any) -> Any:
            with self.lock:
                answer = original(response)
            if not (response._get_action() or "").startswith(READS):
                self.wake.set()
            return answer

        response_class.call_action = call_action
