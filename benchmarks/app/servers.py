# SPDX-License-Identifier: GPL-3.0-or-later
"""The servers that are compared: one process and sixteen threads each, with TLS; and what the kernel says of them."""

from __future__ import annotations

import http.client
import os
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from benchmarks.app.load import PATH

ROOT = Path(__file__).resolve().parents[2]
PATIENCE = 30.0
TICKS = os.sysconf("SC_CLK_TCK")
WAYS = ("ours", "tutorial", "static")


class BenchmarkError(Exception):
    """Something that is measured did not work."""


@dataclass(frozen=True)
class Server:
    """A running server, its process group, and how long it took until it answered."""

    process: subprocess.Popen[bytes]
    port: int
    startup: float

    def processor_seconds(self) -> float:
        """Return the processor time of all its processes."""
        found = (_stat(pid) for pid in self._pids())
        return sum(int(fields[11]) + int(fields[12]) for fields in found) / TICKS

    def megabytes(self) -> float:
        """Return the memory of all its processes, what they share divided among them."""
        total = 0
        for pid in self._pids():
            text = Path(f"/proc/{pid}/smaps_rollup").read_text()
            total += next(int(line.split()[1]) for line in text.splitlines() if line.startswith("Pss:"))
        return total / 1024

    def _pids(self) -> list[int]:
        pids = [int(name) for name in os.listdir("/proc") if name.isdigit()]
        return [pid for pid in pids if (fields := _stat(pid)) and int(fields[2]) == self.process.pid]


def _stat(pid: int) -> list[str]:
    """Return what follows the name of a process in its statistics; nothing if it is gone."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except OSError:
        return []


@contextmanager
def table() -> Iterator[str]:
    """Have the table for the length of a block; return its address."""
    port = _free_port()
    process = subprocess.Popen([sys.executable, "-m", "benchmarks.app.table", str(port)], cwd=ROOT)
    try:
        _wait(port, process, _listens)
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


@contextmanager
def serving(way: str, endpoint: str, directory: Path) -> Iterator[Server]:
    """Have a server for the length of a block."""
    port = _free_port()
    variables = {
        **os.environ,
        "PYTHONPATH": f"{ROOT / 'app' / 'src'}:{ROOT}",
        "STOREFRONT_TABLE_NAME": "shop",
        "STOREFRONT_SWEEP_SECONDS": "0",
        "AWS_REGION": "eu-central-1",
        "AWS_DEFAULT_REGION": "eu-central-1",
        "AWS_ACCESS_KEY_ID": "testing",
        "AWS_SECRET_ACCESS_KEY": "testing",
        "AWS_ENDPOINT_URL": endpoint,
        "GRANIAN_HOST": "127.0.0.1",
        "GRANIAN_PORT": str(port),
        "CERTIFICATE": str(directory / "certificate.pem"),
        "KEY": str(directory / "key.pem"),
    }
    begin = time.perf_counter()
    with (directory / f"{way}.log").open("wb") as log:
        process = subprocess.Popen(
            _command(way, port, directory), cwd=ROOT, env=variables, stdout=log, stderr=log, start_new_session=True
        )
    try:
        _wait(port, process, _answers)
        yield Server(process, port, time.perf_counter() - begin)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _command(way: str, port: int, directory: Path) -> list[str]:
    if way == "ours":
        return [sys.executable, "-m", "storefront"]
    if way == "static":
        return [sys.executable, "-m", "benchmarks.app.static_view"]
    gunicorn = shutil.which("gunicorn", path=str(Path(sys.executable).parent)) or "gunicorn"
    tls = ["--certfile", str(directory / "certificate.pem"), "--keyfile", str(directory / "key.pem")]
    threads = ["--worker-class", "gthread", "--workers", "1", "--threads", "16"]
    return [gunicorn, *threads, *tls, "--bind", f"127.0.0.1:{port}", "benchmarks.app.tutorial:app"]


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _answers(port: int) -> bool:
    """Return whether the view is served: a port listens long before that."""
    context = ssl._create_unverified_context()  # noqa: S323 - nobody verifies a task's certificate
    connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=PATIENCE, context=context)
    try:
        connection.request("GET", PATH)
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()


def _wait(port: int, process: subprocess.Popen[bytes], ready: Callable[[int], bool]) -> None:
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        if ready(port):
            return
        if process.poll() is not None:
            raise BenchmarkError(f"{process.args} ended with {process.returncode}")
        time.sleep(0.01)
    raise BenchmarkError(f"{process.args} does not answer")


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
