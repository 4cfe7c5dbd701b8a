# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The shop as a process of its own, started as in its container."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPSConnection
from pathlib import Path
from typing import Any

from storefront_support.table import CREDENTIALS, LOOPBACK, REGION, TABLE

APP = Path(__file__).parents[2]
PATIENCE_SECONDS = 20.0


@dataclass(frozen=True)
class Shop:
    """A running shop."""

    process: subprocess.Popen[bytes]
    port: int
    log: Path

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Send one request on a connection of its own; return status and parsed answer."""
        connection = HTTPSConnection(LOOPBACK, self.port, timeout=PATIENCE_SECONDS, context=tls())
        headers = {} if body is None else {"Content-Type": "application/json"}
        try:
            connection.request(method, path, None if body is None else json.dumps(body), headers)
            answer = connection.getresponse()
            text = answer.read()
            return answer.status, json.loads(text) if "json" in (answer.getheader("Content-Type") or "") else text
        finally:
            connection.close()

    def listening(self) -> bool:
        """Return whether the port takes connections."""
        with socket.socket() as probe:
            return probe.connect_ex((LOOPBACK, self.port)) == 0

    def terminate(self) -> None:
        """Ask the process to end, as ECS does."""
        self.process.send_signal(signal.SIGTERM)

    def exit_code(self) -> int:
        """Wait for the end of the process."""
        return self.process.wait(PATIENCE_SECONDS)


def environment(directory: Path, **variables: str) -> dict[str, str]:
    """Return all variables of a task: nothing of the developer's own environment."""
    return {
        "PATH": os.environ["PATH"],
        "HOME": "/nonexistent",
        "PYTHONPATH": str(APP / "src"),
        "PYTHONDONTWRITEBYTECODE": "1",
        "TMPDIR": str(directory),
        **CREDENTIALS,
        "AWS_EC2_METADATA_DISABLED": "true",
        **variables,
    }


@contextmanager
def running_shop(directory: Path, endpoint: str, **more: str) -> Iterator[Shop]:
    """Run the shop until the block ends; it listens when the block begins."""
    with started_shop(directory, endpoint, **more) as shop:
        wait_until(lambda: shop.listening() or shop.process.poll() is not None, "the shop listens")
        yield shop


@contextmanager
def started_shop(directory: Path, endpoint: str, **more: str) -> Iterator[Shop]:
    """Start the shop on a free port, wait for nothing, and leave nothing when the block ends."""
    temporary = directory / "tmp"
    temporary.mkdir()
    port = free_port()
    variables = environment(
        temporary,
        STOREFRONT_TABLE_NAME=TABLE,
        AWS_REGION=REGION,
        AWS_ENDPOINT_URL=endpoint,
        GRANIAN_HOST=LOOPBACK,
        GRANIAN_PORT=str(port),
        **more,
    )
    log = directory / "log"
    command = [sys.executable, "-m", "storefront"]
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=variables, stdout=output, stderr=output, start_new_session=True)
    try:
        yield Shop(process, port, log)
    finally:
        if process.poll() is None:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def wait_until(condition: Callable[[], bool], description: str) -> None:
    """Return as soon as the condition holds; fail if it does not in time."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not condition():
        if time.monotonic() > end:
            raise AssertionError(f"not in {PATIENCE_SECONDS} s: {description}")
        time.sleep(0.02)


def tls(version: ssl.TLSVersion | None = None) -> ssl.SSLContext:
    """Return what a client speaks: any version, or one only, without checks, as a load balancer towards its targets."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname = False
    context.verify_mode = ssl.CERT_NONE
    if version is not None:
        # Without this OpenSSL does not even offer the old versions, and it would be the client that refuses.
        context.set_ciphers("ALL:@SECLEVEL=0")
        context.minimum_version = context.maximum_version = version
    return context


def free_port() -> int:
    """Return a port of the loopback address that nobody uses now."""
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        return int(probe.getsockname()[1])
