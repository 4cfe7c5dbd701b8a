# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DynamoDB endpoint that knows no item and holds every answer back until it is told to go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer


class HeldTable(ThreadingHTTPServer):
    """The endpoint; `asked` is set by the first request, and `go_on` releases all of them."""

    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.asked = threading.Event()
        self.go_on = threading.Event()

    @property
    def url(self) -> str:
        """Return the address for AWS_ENDPOINT_URL."""
        return f"http://127.0.0.1:{self.server_port}"


class _Handler(BaseHTTPRequestHandler):
    server: HeldTable

    def do_POST(self) -> None:
        self.rfile.read(int(self.headers["Content-Length"]))
        self.server.asked.set()
        self.server.go_on.wait(10)
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


@contextmanager
def held_table() -> Iterator[HeldTable]:
    """Serve until the block ends."""
    table = HeldTable()
    thread = threading.Thread(target=table.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield table
    finally:
        table.go_on.set()
        table.shutdown()
        table.server_close()
        thread.join()
