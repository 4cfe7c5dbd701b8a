# SPDX-License-Identifier: GPL-3.0-or-later
"""LocalStack's gateway, with the paths of our own before it."""

from __future__ import annotations

import functools
import importlib
import logging
import threading
import time
from collections.abc import Callable
from typing import Any

from localstack.runtime import current

from emulator.control_plane.wsgi import Answer
from emulator.settings import LOOPBACK

LOG = logging.getLogger(__name__)
START_SECONDS = 55.0
STOP_SECONDS = 20.0


class Gateway:
    """Run LocalStack in a thread of this process: its main thread belongs to the data plane, which forks the tasks."""

    def __init__(self, port: int, before: Callable[[dict[str, Any]], Answer | None]) -> None:
        self._port = port
        self._before = before
        self._failure: BaseException | None = None
        self._runtime: Any = None
        self._thread = threading.Thread(target=self._serve, name="localstack", daemon=True)

    def start(self) -> None:
        """Return when LocalStack answers; raises OSError if it does not."""
        _listen_on_loopback_only()
        self._runtime = current.initialize_runtime()
        self._runtime.components.gateway.request_handlers.insert(0, self._handle)
        self._thread.start()
        end = time.monotonic() + START_SECONDS
        while not self._runtime.ready.wait(0.1):
            if not self._thread.is_alive() or time.monotonic() > end:
                raise OSError(f"LocalStack did not start: {self._failure or 'no answer'}")
        LOG.info("LocalStack answers on port %d", self._port)

    def _serve(self) -> None:
        try:
            self._runtime.run()
        except BaseException as error:
            LOG.exception("LocalStack ended")
            self._failure = error

    def _handle(self, chain: Any, context: Any, response: Any) -> None:
        """Answer what is ours, and leave all else to LocalStack."""
        answer = self._before(context.request.environ)
        if answer is None:
            return
        response.status_code = answer.status
        response.set_data(answer.body)
        response.headers["Content-Type"] = answer.content_type
        for name, value in answer.headers:
            response.headers[name] = value
        chain.stop()

    def alive(self) -> bool:
        """Tell whether LocalStack runs."""
        return self._thread.is_alive()

    def stop(self) -> None:
        """End LocalStack and give the port back."""
        if self._thread.is_alive():
            self._runtime.shutdown()
            self._thread.join(STOP_SECONDS)


def _listen_on_loopback_only() -> None:
    """LocalStack ignores the address that it shall listen on, and takes all."""
    # Not before `providers.load`, or it would keep another account.
    twisted: Any = importlib.import_module("localstack.runtime.server.twisted")
    original = twisted.endpoints.TCP4ServerEndpoint
    twisted.endpoints.TCP4ServerEndpoint = functools.partial(original, interface=LOOPBACK)
