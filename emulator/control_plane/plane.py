# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: moto with its patches, its lock and its server."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from emulator.control_plane import fidelity
from emulator.control_plane.edge import Edge
from emulator.control_plane.gate import IDENTITIES, NETWORK, Gate
from emulator.control_plane.guard import guard
from emulator.control_plane.server import ApiServer, moto_application


class ControlPlane:
    """Serve the AWS API on one port."""

    def __init__(
        self,
        port: int,
        gate: Gate,
        edge: Callable[..., Edge],
        on_reset: Callable[[], None],
    ) -> None:
        """Bind the port; raises OSError if it is taken. `edge` makes the edge of an application and of a reset."""
        fidelity.apply()
        self._gate = gate
        self._on_reset = on_reset
        guard(gate)
        self.server = ApiServer(port, edge(moto_application(), on_reset=self._reset))

    def _reset(self, empty_moto: Callable[[], Iterable[bytes]]) -> Iterable[bytes]:
        """Empty moto, and answer when what ran in its name has ended."""
        with self._gate.lock:
            answer = empty_moto()
            self._gate.writes.update((NETWORK, IDENTITIES))
        self._gate.wake.set()
        self._on_reset()
        return answer
