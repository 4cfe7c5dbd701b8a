# SPDX-License-Identifier: GPL-3.0-or-later
"""The HTTP server of the AWS API."""

from __future__ import annotations

import logging
import socket
import threading
from typing import Any

from moto.moto_server.werkzeug_app import DomainDispatcherApplication, MotoRequestHandler, create_backend_app
from werkzeug.serving import make_server

from emulator.control_plane.wsgi import Application
from emulator.settings import LOOPBACK

LOG = logging.getLogger(__name__)


def moto_application() -> Application:
    """Return moto's own WSGI application."""
    application: Application = DomainDispatcherApplication(create_backend_app)
    return application


class QuietRequestHandler(MotoRequestHandler):
    """Say nothing: a line per request would bury what matters."""

    def log_request(self, code: Any = "-", size: Any = "-") -> None:
        """Log no request."""


class ApiServer:
    """Serve an application on the API port with one thread per connection."""

    def __init__(self, port: int, application: Application) -> None:
        """Bind the port; raises OSError if it is taken."""
        # werkzeug would print its own advice and exit if it could not bind, so it gets a bound socket.
        self._socket = socket.create_server((LOOPBACK, port), backlog=128)
        self._server = make_server(
            LOOPBACK, port, application, threaded=True, request_handler=QuietRequestHandler, fd=self._socket.fileno()
        )
        self._thread = threading.Thread(target=self._serve, name="api", daemon=True)

    def start(self) -> None:
        """Begin to answer."""
        self._thread.start()
        LOG.info("the AWS API answers on port %d", self._server.port)

    def _serve(self) -> None:
        # The interval is how long `stop` waits.
        self._server.serve_forever(poll_interval=0.05)

    def alive(self) -> bool:
        """Tell whether the server still answers."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """Stop answering and give the port back."""
        if self._thread.is_alive():
            self._server.shutdown()
            self._thread.join(5)
        self._server.server_close()
        self._socket.close()
