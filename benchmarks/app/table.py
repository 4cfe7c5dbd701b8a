# SPDX-License-Identifier: GPL-3.0-or-later
"""A DynamoDB that has one product and answers at once, so that what is measured is the application."""

from __future__ import annotations

import sys
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

ITEM = (
    b'{"Item":{"pk":{"S":"PRODUCTS"},"sk":{"S":"PRODUCT#mug"},"name":{"S":"Mug"},"price_cents":{"N":"1250"},'
    b'"stock":{"N":"7"},"created_at":{"S":"2025-03-01T09:30:00+00:00"},"version":{"N":"1"}}}'
)


class Handler(BaseHTTPRequestHandler):
    """Answers whatever it is asked with the product, on connections that are kept."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        """Answer a call."""
        self.rfile.read(int(self.headers["Content-Length"]))
        self.send_response(200)
        self.send_header("Content-Type", "application/x-amz-json-1.0")
        self.send_header("Content-Length", str(len(ITEM)))
        self.end_headers()
        self.wfile.write(ITEM)

    def log_message(self, format: str, *args: object) -> None:
        """Write nothing."""


if __name__ == "__main__":
    ThreadingHTTPServer(("127.0.0.1", int(sys.argv[1])), Handler).serve_forever()
