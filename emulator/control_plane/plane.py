# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: moto with its patches, its lock and its server."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping

from emulator.authorizer.authorizer import Source
from emulator.authorizer.call import HttpRequest
from emulator.control_plane import fidelity
from emulator.control_plane.edge import Caller, Edge, Endpoint
from emulator.control_plane.gate import IDENTITIES, NETWORK, Gate
from emulator.control_plane.guard import guard
from emulator.control_plane.server import ApiServer, moto_application


class ControlPlane:
    """Serve the AWS API on one port."""

    def __init__(
        self,
        port: int,
        gate: Gate,
        callers: Callable[[str], Caller | None],
        authorize: Callable[[Source, HttpRequest], None],
        endpoints: Mapping[str, Endpoint],
        on_reset: Callable[[], None],
    ) -> None:
        """Bind the port; raises OSError if it is taken."""
        fidelity.apply()
        self._gate = gate
        self._on_reset = on_reset
        guard(gate)
        self.server = ApiServer(port, Edge(moto_application(), callers, authorize, endpoints, self._reset))

    def _reset(self, empty_moto: Callable[[], Iterable[bytes]]) -> Iterable[bytes]:
        """Empty moto, and answer when what ran in its name has ended."""
        with self._gate.lock:
            answer = empty_moto()
            self._gate.writes.update((NETWORK, IDENTITIES))
        self._gate.wake.set()
        self._on_reset()
        return answer
