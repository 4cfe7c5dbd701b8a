# SPDX-License-Identifier: GPL-3.0-or-later
"""End a playbook at a chosen call to AWS, as kill -9 or a lost connection would."""

from __future__ import annotations

import http.client
import os
import signal
import subprocess
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from tests.e2e.site import CHECKOUT, Site

READS = ("Describe", "Get", "List")
Counts = Callable[[Mapping[str, str]], bool]


def writes_of_dynamodb(headers: Mapping[str, str]) -> bool:
    """Tell whether a request may change a table."""
    service, _, operation = headers.get("X-Amz-Target", "").partition(".")
    return service.startswith("DynamoDB_") and not operation.startswith(READS)


@dataclass(frozen=True)
class End:
    """At which of the calls that count, from 1, a playbook ends: unheard by AWS, or done with the answer lost."""

    call: int
    done: bool


class Relay(ThreadingHTTPServer):
    """Hand what a playbook asks of an embedded AWS on, until it ends."""

    daemon_threads = True

    def __init__(self, site: Site, counts: Counts, end: End) -> None:
        super().__init__(("127.0.0.1", 0), _Handler)
        self.api_port, self.counts, self.end = site.ports[0], counts, end
        self.counted, self.lock = 0, threading.Lock()
        self.playbook: subprocess.Popen[str] | None = None

    def is_last(self, headers: Mapping[str, str]) -> bool:
        """Count a call, and tell whether it is the one to end at."""
        if not self.counts(headers):
            return False
        with self.lock:
            self.counted += 1
            return self.counted == self.end.call

    def kill(self) -> None:
        """End the playbook and all of its processes."""
        assert self.playbook
        os.killpg(self.playbook.pid, signal.SIGKILL)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Relay

    def _relay(self) -> None:
        body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        last = self.server.is_last(self.headers)
        if last and not self.server.end.done:
            self.server.kill()
            self.close_connection = True
            return
        connection = http.client.HTTPConnection("127.0.0.1", self.server.api_port, timeout=60)
        connection.request(self.command, self.path, body, dict(self.headers.items()))
        answer = connection.getresponse()
        content = answer.read()
        connection.close()
        if last:
            self.server.kill()
            self.close_connection = True
            return
        self.send_response_only(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection"):
                self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(content)

    do_GET = do_POST = do_PUT = do_DELETE = do_HEAD = do_PATCH = _relay

    def log_message(self, format: str, *args: object) -> None:
        pass


@contextmanager
def _relaying(site: Site, counts: Counts, end: End) -> Iterator[Relay]:
    relay = Relay(site, counts, end)
    serving = threading.Thread(target=relay.serve_forever, args=(0.05,))
    serving.start()
    try:
        yield relay
    finally:
        relay.shutdown()
        serving.join()
        relay.server_close()


def killed(site: Site, end: End, *arguments: str, counts: Counts = writes_of_dynamodb) -> bool:
    """Run site.yml until it ends; tell whether it was killed. It was not if it made fewer calls that count."""
    with _relaying(site, counts, end) as relay:
        environment = site.environment | {"AWS_ENDPOINT_URL": f"http://127.0.0.1:{relay.server_port}"}
        relay.playbook = subprocess.Popen(
            ("ansible-playbook", "-i", "inventories/local", "site.yml", *arguments),
            cwd=CHECKOUT,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        said, _ = relay.playbook.communicate()
    assert relay.playbook.returncode in (0, -signal.SIGKILL), said[-4000:]
    return relay.playbook.returncode != 0
