# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Envoy's admin interface, over a socket that only its owner can open."""

from __future__ import annotations

import http.client
import json
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from urllib.parse import quote

from .model import LoadBalancerError

Stats = dict[str, int | str]

SOCKET_NAME = "admin.sock"
_TIMEOUT = 5.0
# sockaddr_un holds 108 bytes on Linux and 104 on macOS, with the final zero.
_LONGEST_PATH = 100


class _Connection(http.client.HTTPConnection):
    def __init__(self, path: Path) -> None:
        super().__init__("localhost", timeout=_TIMEOUT)
        self._path = path

    def connect(self) -> None:
        self.sock = socket.socket(socket.AF_UNIX)
        self.sock.settimeout(self.timeout)
        with _short(self._path) as path:
            self.sock.connect(path)


@contextmanager
def _short(path: Path) -> Iterator[str]:
    """Give a name of the socket that fits into a socket address, however deep its directory is."""
    if len(os.fsencode(path)) <= _LONGEST_PATH:
        yield str(path)
        return
    directory = os.open(path.parent, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{directory}/{path.name}"
    finally:
        os.close(directory)


class Admin:
    """Ask Envoy for its counters and the state of its targets; give it orders."""

    def __init__(self, directory: Path) -> None:
        self._path = directory / SOCKET_NAME

    def ready(self) -> bool:
        """Say whether Envoy is there and serves."""
        try:
            return self._request("GET", "/ready")[0] == http.HTTPStatus.OK
        except LoadBalancerError:
            return False

    def post(self, path: str) -> None:
        """Give an order."""
        status, body = self._request("POST", path)
        if status != http.HTTPStatus.OK:
            raise LoadBalancerError(f"Envoy answers {status} to {path}: {body.decode(errors='replace')}")

    def stats(self, pattern: str) -> Stats:
        """Read the counters, gauges and texts whose names match the regular expression."""
        found = self._json(f"/stats?format=json&filter={quote(pattern, safe='')}")["stats"]
        return {entry["name"]: entry["value"] for entry in found if "name" in entry}

    def clusters(self) -> list[dict[str, Any]]:
        """List the clusters with their endpoints, as Envoy describes them."""
        found: list[dict[str, Any]] = self._json("/clusters?format=json").get("cluster_statuses", [])
        return found

    def _json(self, path: str) -> dict[str, Any]:
        status, body = self._request("GET", path)
        if status != http.HTTPStatus.OK:
            raise LoadBalancerError(f"Envoy answers {status} to {path}: {body.decode(errors='replace')}")
        answer: dict[str, Any] = json.loads(body)
        return answer

    def _request(self, method: str, path: str) -> tuple[int, bytes]:
        connection = _Connection(self._path)
        try:
            connection.request(method, path)
            response = connection.getresponse()
            return response.status, response.read()
        except (OSError, http.client.HTTPException) as error:
            raise LoadBalancerError(f"the load balancer's Envoy does not answer: {error}") from error
        finally:
            connection.close()
