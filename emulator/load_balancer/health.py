# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of targets, from what Envoy was told and what it found."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from .configuration import Configuration
from .model import Health, Snapshot

# A target of two groups has one state here: the worst.
_WORST_FIRST: tuple[Health, ...] = ("draining", "unhealthy", "initial", "healthy")
# Group, address, port.
Place = tuple[str, str, int]


def published_states(snapshot: Snapshot, configuration: Configuration) -> dict[Place, Health]:
    """List the targets of the groups served, with the state that they have until Envoy knows better."""
    return {
        (group.name, target.address, target.port): "draining" if target.draining else "initial"
        for group in snapshot.target_groups
        if group.name in configuration.clusters
        for target in group.targets
    }


def observed_states(clusters: Iterable[Mapping[str, Any]]) -> dict[Place, Health]:
    """Read Envoy's account of its clusters; one whose first checks are under way is not in it."""
    found = {}
    for cluster in clusters:
        for host in cluster.get("host_statuses", ()):
            address = host["address"]["socket_address"]
            found[cluster["name"], address["address"], address["port_value"]] = _state(host["health_status"])
    return found


def health(published: Mapping[Place, Health], observed: Mapping[Place, Health]) -> dict[tuple[str, int], Health]:
    """Combine both: Envoy is not told of draining targets."""
    states: dict[tuple[str, int], Health] = {}
    for place, expected in published.items():
        state = expected if expected == "draining" else observed.get(place, expected)
        states[place[1:]] = min(states.get(place[1:], state), state, key=_WORST_FIRST.index)
    return states


def _state(status: Mapping[str, Any]) -> Health:
    """Translate Envoy's flags; an endpoint that was never checked also has the flag of a failed one."""
    if status.get("pending_active_hc"):
        return "initial"
    return "unhealthy" if status.get("failed_active_health_check") else "healthy"
