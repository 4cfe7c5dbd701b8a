# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DynamoDB endpoint that knows no item and holds every answer back until it is told to go on."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

from storefront_support.serving import LoopbackServer, QuietHandler, serving


class HeldTable(LoopbackServer):
    """The endpoint; `asked` is set by the first request, and `go_on` releases all of them."""

    def __init__(self) -> None:
        super().__init__(_Handler)
        self.asked = threading.Event()
        self.go_on = threading.Event()


class _Handler(QuietHandler):
    server: HeldTable

    def do_POST(self) -> None:
        self.body()
        self.server.asked.set()
        self.server.go_on.wait(10)
        self.answer(200, b"{}", "application/x-amz-json-1.0")


@contextmanager
def held_table() -> Iterator[HeldTable]:
    """Serve until the block ends."""
    with serving(HeldTable()) as table:
        try:
            yield table
        finally:
            table.go_on.set()
