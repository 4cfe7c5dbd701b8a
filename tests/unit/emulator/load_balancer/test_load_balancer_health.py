# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""States of targets."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.load_balancer.health import health, observed_states


def cluster(name: str, **flags: Any) -> dict[str, Any]:
    address = {"socket_address": {"address": "127.0.0.2", "port_value": 8443}}
    return {"name": name, "host_statuses": [{"address": address, "health_status": flags}]}


@pytest.mark.parametrize(
    ("flags", "state"),
    [
        ({"eds_health_status": "HEALTHY"}, "healthy"),
        ({"failed_active_health_check": True}, "unhealthy"),
        ({"failed_active_health_check": True, "pending_active_hc": True}, "initial"),
    ],
)
def test_flags(flags: dict[str, Any], state: str) -> None:
    assert observed_states([cluster("blue", **flags), {"name": "empty"}]) == {("blue", "127.0.0.2", 8443): state}


def test_draining_is_ours_to_know_and_unknown_targets_are_initial() -> None:
    seen = observed_states([cluster("blue")])
    published = {("blue", "127.0.0.2", 8443): "draining", ("blue", "127.0.0.3", 8443): "initial"}
    assert health(published, seen) == {("127.0.0.2", 8443): "draining", ("127.0.0.3", 8443): "initial"}  # type: ignore[arg-type]


def test_worst_state_of_several_groups() -> None:
    place = ("127.0.0.2", 8443)
    both = {("blue", *place): "initial", ("green", *place): "initial"}
    assert health(both, {("blue", *place): "healthy"}) == {place: "initial"}  # type: ignore[arg-type]
    assert health(both, {("blue", *place): "unhealthy", ("green", *place): "healthy"}) == {place: "unhealthy"}  # type: ignore[arg-type]
