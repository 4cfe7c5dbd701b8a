# SPDX-License-Identifier: GPL-3.0-or-later
"""The lock that API and scheduler share."""

from __future__ import annotations

import threading

import pytest

from emulator.control_plane.gate import NETWORK, Gate


def is_free(gate: Gate) -> bool:
    """Say whether another thread could take the lock."""
    taken: list[bool] = []

    def take() -> None:
        taken.append(gate.lock.acquire(blocking=False))
        if taken[0]:
            gate.lock.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return taken[0]


@pytest.mark.parametrize(
    ("action", "wakes"), [("CreateService", True), ("StopTask", True), ("DescribeTasks", False), ("ListTasks", False)]
)
def test_an_action_holds_the_lock_and_a_write_wakes_the_scheduler(action: str, wakes: bool) -> None:
    gate = Gate()

    class Response:
        def _get_action(self) -> str:
            return action

        def call_action(self) -> bool:
            return is_free(gate)

    gate.guard(Response)
    assert Response().call_action() is False
    assert is_free(gate)
    assert gate.wake.is_set() is wakes


def test_an_action_that_fails_gives_the_lock_back() -> None:
    gate = Gate()

    class Response:
        def call_action(self) -> None:
            raise ValueError("as moto does")

        def _get_action(self) -> str:
            return "CreateRoute"

    gate.guard(Response, NETWORK)
    with pytest.raises(ValueError, match="as moto does"):
        Response().call_action()
    assert is_free(gate)
    # It may have changed something before it failed.
    assert gate.writes[NETWORK] == 1
