# SPDX-License-Identifier: GPL-3.0-or-later
"""Throttling of tasks that fail again and again."""

from __future__ import annotations

LONGEST_SECONDS = 60.0
STABLE_SECONDS = 10.0


class Backoff:
    """Wait longer after every failure, as ECS's service throttle does (it goes up to 27 minutes).

    Failures of one batch count once; a task that has run for a while ends the throttling.
    """

    def __init__(self) -> None:
        self.failures = 0
        self.next_start = 0.0

    def fail(self, now: float) -> None:
        """Note that a task failed."""
        if now >= self.next_start:
            self.failures += 1
            self.next_start = now + min(LONGEST_SECONDS, 2.0 ** (self.failures - 1))

    def settle(self) -> None:
        """Note that a task has proven itself."""
        self.failures = 0

    def may_start(self, now: float) -> bool:
        """Tell whether the next task may start."""
        return now >= self.next_start
