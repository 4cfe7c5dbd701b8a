# SPDX-License-Identifier: GPL-3.0-or-later
"""The few WSGI names and answers that the edge's parts share."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

Environment = dict[str, Any]
StartResponse = Callable[..., Any]
Application = Callable[[Environment, StartResponse], Iterable[bytes]]


@dataclass(frozen=True)
class Answer:
    """A complete response."""

    status: int
    content_type: str
    body: bytes
    headers: tuple[tuple[str, str], ...] = ()

    def send(self, start: StartResponse) -> Iterable[bytes]:
        """Send the response through a WSGI server."""
        line = f"{self.status} {HTTPStatus(self.status).phrase}"
        start(line, [("Content-Type", self.content_type), ("Content-Length", str(len(self.body))), *self.headers])
        return [self.body]


def json_answer(content: object, status: int = 200) -> Answer:
    """Return an object as JSON."""
    return Answer(status, "application/json", json.dumps(content, default=str).encode())
