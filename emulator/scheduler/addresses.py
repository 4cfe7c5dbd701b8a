# SPDX-License-Identifier: GPL-3.0-or-later
"""The loopback addresses that tasks listen on."""

from __future__ import annotations

from collections.abc import Callable, Collection


class AddressesExhaustedError(RuntimeError):
    """No loopback address is free."""


class Addresses:
    """Give each task an address of its own: 127.<api port, high byte>.<low byte>.<1-254>.

    Two emulators on one machine have different API ports, so their addresses never meet. Addresses rotate, and one
    that still answers is skipped: servers with SO_REUSEPORT would share it without a word.
    """

    def __init__(self, api_port: int, is_taken: Callable[[str, int], bool]) -> None:
        self._prefix = f"127.{api_port >> 8}.{api_port & 255}"
        self._is_taken = is_taken
        self._last = 0

    def next(self, used: Collection[str], port: int | None) -> str:
        """Return a free address."""
        for step in range(1, 255):
            number = (self._last + step - 1) % 254 + 1
            address = f"{self._prefix}.{number}"
            if address not in used and (port is None or not self._is_taken(address, port)):
                self._last = number
                return address
        raise AddressesExhaustedError(f"all addresses of {self._prefix}.0/24 are taken")
