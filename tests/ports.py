# SPDX-License-Identifier: GPL-3.0-or-later
"""Ports for servers that are started later: nobody else gets them in the meantime."""

from __future__ import annotations

import os
import random
import socket

# Below those that the kernel gives to whoever asks for any port, and to clients: on Linux they begin at 32768.
PORTS = range(20_000, 32_000)
# Of several processes of one run, each has every so manieth: a server of one may be started later, too.
PROCESSES = int(os.environ.get("PYTEST_XDIST_WORKER_COUNT", "1"))
OWN_PORTS = PORTS[int(os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")) :: PROCESSES]
_given: set[int] = set()


def free_ports(count: int) -> list[int]:
    """Return ports of 127.0.0.1 that nothing listens on; none is given twice in the life of this process."""
    return [_free_port() for _ in range(count)]


def _free_port() -> int:
    port = next(port for port in random.sample(OWN_PORTS, len(OWN_PORTS)) if port not in _given and _is_free(port))
    _given.add(port)
    return port


def _is_free(port: int) -> bool:
    try:
        with socket.create_server(("127.0.0.1", port)):
            return True
    except OSError:
        return False
