# SPDX-License-Identifier: GPL-3.0-or-later
"""The control plane: LocalStack with the edge, the patches and the lock of the embedded AWS."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from emulator.control_plane import fidelity
from emulator.control_plane.edge import Edge
from emulator.control_plane.gate import Gate
from emulator.control_plane.guard import guard
from emulator.control_plane.wsgi import Answer, json_answer
from emulator.localstack import buckets, providers
from emulator.localstack.gateway import Gateway

UNREACHABLE = json_answer({"__type": "ServiceUnavailable", "message": "there is no way to the service"}, 503)


class LocalStackPlane:
    """Serve the AWS API by LocalStack."""

    def __init__(
        self,
        port: int,
        gate: Gate,
        edge: Callable[..., Edge],
        on_reset: Callable[[], None],
    ) -> None:
        """Make LocalStack's moto what the embedded AWS's is. The port and what a reset is are LocalStack's affair."""
        providers.load()
        fidelity.apply()
        buckets.install()
        guard(gate)
        self._edge = edge(_leave_it, on_reset=lambda _empty_moto: ())
        self.server = Gateway(port, self._before)

    def _before(self, environment: dict[str, Any]) -> Answer | None:
        """Return the answer to a request that is not LocalStack's, or that must not pass; raises nothing."""
        if environment.get("PATH_INFO") == "/moto-api/reset":
            return json_answer({"message": "LocalStack is emptied by `down` and `up`"}, 501)
        started: list[tuple[str, list[tuple[str, str]]]] = []
        environment["werkzeug.socket"] = _Connection()
        try:
            body = b"".join(self._edge(environment, lambda line, headers: started.append((line, headers))))
        except ConnectionAbortedError:
            return UNREACHABLE
        if not started:
            return None
        line, headers = started[0]
        types = [value for name, value in headers if name == "Content-Type"]
        others = tuple(one for one in headers if one[0] not in ("Content-Type", "Content-Length"))
        return Answer(int(line.split()[0]), types[0], body, others)


class _Connection:
    """Stands for the socket, which LocalStack does not hand out: a task out of reach gets an error at once instead."""

    def shutdown(self, _how: int) -> None:
        """Leave it open."""


def _leave_it(_environment: dict[str, Any], _start: Callable[..., Any]) -> Iterable[bytes]:
    return ()
