# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Serve the shop over TLS until SIGTERM: `python -m storefront`; or do a task, such as `python -m storefront check`."""

from __future__ import annotations

import os
import signal
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from granian import Granian
from granian.constants import HTTPModes, Interfaces, SSLProtocols
from granian.http import HTTP1Settings

from storefront import check_table, commands, logs
from storefront.certificate import KeyPair, write_key_pair
from storefront.settings import EXIT_MISCONFIGURED, Settings, read_settings

# granian closes idle connections after this time too, and 60 s is the most it takes:
# the load balancer's idle timeout has to stay below it, or it sends requests into closing connections.
IDLE_TIMEOUT_MILLISECONDS = 60_000


def main() -> None:
    """Check the environment, make a certificate and serve in this process, which receives the signals itself."""
    settings = read_settings()
    logs.configure(settings.log_level)
    # The worker inherits granian's handler, which means nothing there: a SIGTERM while it loads would be lost.
    os.register_at_fork(after_in_child=_restore_signals)
    with tempfile.TemporaryDirectory(prefix="storefront-") as directory:
        serve(settings, write_key_pair(Path(directory), "storefront"))


def serve(settings: Settings, pair: KeyPair) -> None:
    """Serve until SIGTERM, finish the requests that are under way, and return."""
    Granian(
        "storefront.wsgi:application",
        factory=True,
        address=settings.host,
        port=settings.port,
        interface=Interfaces.WSGI,
        http=HTTPModes.http1,
        websockets=False,
        workers=1,
        blocking_threads=settings.threads,
        http1_settings=HTTP1Settings(header_read_timeout=IDLE_TIMEOUT_MILLISECONDS),
        ssl_cert=pair.certificate,
        ssl_key=pair.key,
        ssl_protocol_min=SSLProtocols.tls12,
        workers_kill_timeout=settings.kill_timeout,
        log_dictconfig=logs.logging_config(settings.log_level),
    ).serve()


def run(name: str, arguments: Sequence[str]) -> int:
    """Do a task instead of serving, and return the exit code."""
    tasks = {"check": commands.check, "check-table": check_table.main, "seed": commands.seed}
    if name not in tasks:
        print(f"storefront: there is no task {name}; expected one of {', '.join(tasks)}", file=sys.stderr)
        return EXIT_MISCONFIGURED
    return tasks[name](arguments)


def _restore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, signal.SIG_DFL)


if __name__ == "__main__":
    # What follows the image's entry point in the command of a task.
    if sys.argv[1:]:
        raise SystemExit(run(sys.argv[1], sys.argv[2:]))
    main()
