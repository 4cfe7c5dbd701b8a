# SPDX-License-Identifier: GPL-3.0-or-later
"""An embedded AWS of its own for a test module, and a service on it."""

from __future__ import annotations

import contextlib
import json
import os
import ssl
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

from tests.ports import free_ports

CHECKOUT = Path(__file__).resolve().parents[3]
REGION = "eu-central-1"
# In the emulator that modules share: short, so that a test can see keys end.
CREDENTIALS_SECONDS = 4
Json = dict[str, Any]


def eventually(condition: Callable[[], Any], what: str, seconds: float = 60) -> Any:
    """Poll until a condition holds and return what it gave."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            pytest.fail(f"not within {seconds} s: {what}")
        time.sleep(0.03)


class Emulator:
    """The command line, in a run directory and on ports of its own."""

    def __init__(self, directory: Path, **variables: str) -> None:
        self.run_dir = directory / "run dir"
        self.site_port, self.http_port, self.api_port = free_ports(3)
        self.environment = {
            **{name: value for name, value in os.environ.items() if not name.startswith(("AWS_", "PALISADE_"))},
            "PALISADE_RUN_DIR": str(self.run_dir),
            "PALISADE_SITE_PORT": str(self.site_port),
            "PALISADE_HTTP_PORT": str(self.http_port),
            "PALISADE_API_PORT": str(self.api_port),
            # Tests count tasks, and load them.
            "PALISADE_AUTOSCALING": "off",
            **variables,
        }

    @property
    def endpoint(self) -> str:
        return f"http://127.0.0.1:{self.api_port}"

    def command(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run a command and return what became of it."""
        command = [sys.executable, "-m", "emulator", *arguments]
        return subprocess.run(
            command, cwd=CHECKOUT, env=self.environment, capture_output=True, text=True, check=False, timeout=90
        )

    def must(self, *arguments: str) -> str:
        """Run a command that succeeds and return its output."""
        done = self.command(*arguments)
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout

    def get(
        self, path: str, headers: dict[str, str] | None = None, method: str = "GET", body: bytes | None = None
    ) -> tuple[int, Any]:
        """Call a path of the API port."""
        url = f"{self.endpoint}{path}"
        request = urllib.request.Request(url, body, headers=headers or {}, method=method)  # noqa: S310
        try:
            with urllib.request.urlopen(request, timeout=30) as response:  # noqa: S310
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def state(self) -> Json:
        """Return what the emulator says about itself."""
        content: Json = self.get("/_palisade/state")[1]
        return content

    def tasks(self, service: str | None = None) -> list[Json]:
        """Return the living tasks."""
        return [task for task in self.state()["tasks"] if service in (None, task["service"])]

    def client(self, service: str, **options: Any) -> Any:
        """Return a boto3 client of the emulator."""
        keys = {"aws_access_key_id": "embedded", "aws_secret_access_key": "the-embedded-aws-needs-none"}
        make: Any = boto3.client
        return make(service, endpoint_url=self.endpoint, **{"region_name": REGION, **keys, **options})

    def fetch(self, path: str = "/") -> tuple[int, Json]:
        """Request a page of the site, trusting the emulator's authority only."""
        context = ssl.create_default_context(cafile=str(self.run_dir / "ca.pem"))
        try:
            with urllib.request.urlopen(
                f"https://localhost:{self.site_port}{path}", timeout=20, context=context
            ) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, {}

    def serves(self) -> bool:
        """Say whether the site answers, as one asks who waits for it."""
        try:
            return self.fetch()[0] == 200
        except OSError:
            return False

    def processes(self) -> list[int]:
        """Return the processes that belong to this emulator: their environment or directory names its run directory."""
        return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit() and self._owns(entry)]

    def _owns(self, process: Path) -> bool:
        with contextlib.suppress(OSError):
            mine = f"{self.run_dir}/".encode()
            texts = (process.joinpath("environ").read_bytes(), process.joinpath("cmdline").read_bytes())
            stranger = int(process.name) == os.getpid()
            return not stranger and any(mine in text or bytes(self.run_dir) + b"\0" in text for text in texts)
        return False


@contextlib.contextmanager
def running(directory: Path, **variables: str) -> Iterator[Emulator]:
    """Run an emulator for the length of a block."""
    emulator = Emulator(directory, **variables)
    try:
        emulator.must("up")
        yield emulator
    finally:
        emulator.command("down")
