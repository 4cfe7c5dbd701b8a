# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real TLS server that does as the test says."""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from emulator.load_balancer import Target

ZONE = "eu-central-1a"


class Upstream:
    """An HTTPS server that names itself; /held answers when the test says so, /healthz as it is told."""

    def __init__(self, name: str, address: str, tls: ssl.SSLContext) -> None:
        self.name, self.address = name, address
        self.health, self.active, self.checked = 200, 0, threading.Event()
        self.answer_health, self.held, self.release = threading.Event(), threading.Event(), threading.Event()
        self.answer_health.set()
        self.counting = threading.Lock()
        self.connections: list[socket.socket] = []
        self._server = ThreadingHTTPServer((address, 0), type("Handler", (_Handler,), {"upstream": self}))
        # The handshake belongs to the connection's thread, else one client could stop all others.
        self._server.socket = tls.wrap_socket(self._server.socket, server_side=True, do_handshake_on_connect=False)
        self.port = self._server.server_address[1]
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def target(self, draining: bool = False) -> Target:
        return Target(self.address, self.port, ZONE, draining)

    def kill(self) -> None:
        """End as a killed process does: connections break, new ones are refused."""
        self.stop()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def stop(self) -> None:
        self.answer_health.set()
        self.release.set()
        self._server.shutdown()
        self._server.server_close()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    upstream: Upstream

    def setup(self) -> None:
        super().setup()
        self.upstream.connections.append(self.connection)

    def do_GET(self) -> None:
        with self.upstream.counting:
            self.upstream.active += 1
        try:
            self.answer()
        finally:
            with self.upstream.counting:
                self.upstream.active -= 1

    def answer(self) -> None:
        status = 200
        if self.path == "/healthz":
            self.upstream.checked.set()
            self.upstream.answer_health.wait(60)
            status = self.upstream.health
        if self.path == "/held":
            self.upstream.held.set()
            self.upstream.release.wait(60)
        headers = {name.lower(): value for name, value in self.headers.items()}
        body = json.dumps({"name": self.upstream.name, "headers": headers}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        pass
