# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve HTTPS until SIGTERM; let requests in flight finish."""

from __future__ import annotations

import http.server
import json
import os
import signal
import ssl
import sys
import threading
import time
import urllib.parse
from pathlib import Path


class Handler(http.server.BaseHTTPRequestHandler):
    """Answer with what the task sees."""

    protocol_version = "HTTP/1.1"
    # Seconds after which an idle connection is closed.
    timeout = float(os.environ.get("KEEP_ALIVE", "60"))

    def do_GET(self) -> None:
        """Answer one request."""
        path, _, query = self.path.partition("?")
        if path == "/slow":
            time.sleep(float(urllib.parse.parse_qs(query)["seconds"][0]))
        if path != "/healthz":
            time.sleep(float(os.environ.get("DELAY", "0")))
        status = int(os.environ.get("HEALTH", "200")) if path == "/healthz" else int(os.environ.get("STATUS", "200"))
        body = json.dumps({"pid": os.getpid(), "environment": dict(os.environ), "directory": os.getcwd()}).encode()
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_error(self, format: str, *args: object) -> None:
        """Tell that a connection was idle for too long, which is the one error here."""
        print("stand-in closes an idle connection", flush=True)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


def crash() -> None:
    """End as a program does that is killed for its memory."""
    print("stand-in crashes", flush=True)
    os._exit(134)


def main() -> None:
    """Run the server."""
    print("stand-in starts", flush=True)
    if "FAIL" in os.environ:
        sys.exit(int(os.environ["FAIL"]))
    _hoard = b"x" * (int(os.environ.get("HOARD_MIB", "0")) << 20)
    time.sleep(float(os.environ.get("START_AFTER", "0")))
    if "CRASH_AFTER" in os.environ:
        threading.Timer(float(os.environ["CRASH_AFTER"]), crash).start()
    if "STUBBORN" in os.environ:  # Before it listens, by which tests know that it is so.
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(Path(__file__).with_name("server.pem"))
    address = (os.environ["GRANIAN_HOST"], int(os.environ["GRANIAN_PORT"]))
    server = http.server.ThreadingHTTPServer(address, Handler)
    if "PLAIN" not in os.environ:
        server.socket = context.wrap_socket(server.socket, server_side=True, do_handshake_on_connect=False)
    server.daemon_threads = False
    if "STUBBORN" not in os.environ:
        signal.signal(signal.SIGTERM, lambda *_: threading.Thread(target=server.shutdown).start())
    server.serve_forever(poll_interval=0.05)
    # Idle keep-alive connections would hold the threads of ThreadingHTTPServer; those of slow requests are given time.
    time.sleep(float(os.environ.get("LINGER", "0")))
    os._exit(0)


if __name__ == "__main__":
    main()
