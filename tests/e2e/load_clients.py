# SPDX-License-Identifier: GPL-3.0-or-later
"""What the clients of a load send, and whether an answer is true to what was written."""

from __future__ import annotations

import json
import random
import uuid
from dataclasses import dataclass, field
from typing import Any, Protocol

import urllib3

TURNS = 5


@dataclass(frozen=True)
class Request:
    """What a client sends; `product` names what it adds, and `expected` is what the answer has to say."""

    method: str
    path: str
    body: dict[str, Any] | None = None
    expected: dict[str, Any] | None = None
    product: str = ""

    def is_wrong(self, answer: urllib3.BaseHTTPResponse) -> bool:
        """Tell whether an answer says something else than what was written. An error says nothing of it."""
        if self.expected is None or answer.status not in (200, 201, 404):
            return False
        try:
            content = json.loads(answer.data)
        except ValueError:
            return True
        return {name: content.get(name) for name in self.expected} != self.expected


class Client(Protocol):
    """Gives one request after the other."""

    def next(self) -> Request:
        """Return the next request."""

    def keep(self, request: Request) -> None:
        """Note that something was added."""


@dataclass
class Reader:
    """Asks for the same page again and again."""

    path: str

    def next(self) -> Request:
        """Return the next request."""
        return Request("GET", f"/{self.path}")

    def keep(self, request: Request) -> None:
        """Do nothing: this client adds nothing."""


@dataclass
class Writer:
    """Adds a product, then reads it and earlier ones, by turns."""

    written: list[Request] = field(default_factory=list)
    turn: int = 0

    def next(self) -> Request:
        """Return the next request."""
        self.turn += 1
        if not self.written or self.turn % TURNS == 0:
            return writing()
        return reading_back(self.written[-1] if self.turn % TURNS == 1 else random.choice(self.written))  # noqa: S311 - no secret

    def keep(self, request: Request) -> None:
        """Note what was added, to read it."""
        self.written.append(request)


def writing() -> Request:
    """Return a request that adds another product, with a content of its own."""
    product = f"load-{uuid.uuid4().hex[:12]}"
    content = {"id": product, "name": f"Load {uuid.uuid4().hex}", "price_cents": random.randint(1, 99_999), "stock": 1}  # noqa: S311 - no secret
    return Request("POST", "/api/products", content, content, product)


def reading_back(added: Request) -> Request:
    """Return a request that reads what was added."""
    return Request("GET", f"/api/products/{added.product}", expected=added.expected)
