# SPDX-License-Identifier: GPL-3.0-or-later
"""The supervisor's own process: `python -m emulator.supervisor_process <descriptor to report readiness on>`."""

from __future__ import annotations

import json
import logging
import os
import signal
import sys
from logging.handlers import RotatingFileHandler

from emulator import settings
from emulator.load_balancer import LoadBalancerError
from emulator.processes import is_listening, listener_of
from emulator.settings import LOOPBACK, Settings
from emulator.supervisor import Supervisor

LOG = logging.getLogger("emulator")
LOG_BYTES = 2_000_000


def main(descriptor: int) -> int:
    """Run the supervisor until it is told to stop; report on the descriptor how the start went."""
    configuration = settings.read(os.environ)
    _log_to(configuration)
    supervisor = None
    try:
        _check_api_port(configuration)
        supervisor = Supervisor(configuration)
        signal.signal(signal.SIGTERM, supervisor.request_stop)
        signal.signal(signal.SIGINT, supervisor.request_stop)
        supervisor.start()
    except (OSError, LoadBalancerError) as error:
        LOG.error("cannot start: %s", error)
        if supervisor is not None:
            supervisor.stop()
        _report(descriptor, {"error": str(error)})
        return 1
    _report(descriptor, {"ready": True})
    try:
        supervisor.run()
    finally:
        supervisor.stop()
    return 0


def _check_api_port(configuration: Settings) -> None:
    """Refuse a port that somebody else serves: the system's own message would not say who."""
    if is_listening(LOOPBACK, configuration.api_port):
        owner = listener_of(configuration.api_port) or "another process"
        port = f"port {configuration.api_port} of {LOOPBACK}"
        raise OSError(f"{port} is taken by {owner}; set PALISADE_API_PORT to another port")


def _log_to(configuration: Settings) -> None:
    handler = RotatingFileHandler(configuration.log, maxBytes=LOG_BYTES, backupCount=1)
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    logging.basicConfig(handlers=[handler], level=logging.INFO)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)


def _report(descriptor: int, message: dict[str, object]) -> None:
    with os.fdopen(descriptor, "w") as pipe:
        pipe.write(json.dumps(message) + "\n")


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1])))
