# SPDX-License-Identifier: GPL-3.0-or-later
"""The loopback addresses of tasks."""

from __future__ import annotations

import pytest

from emulator.scheduler.addresses import Addresses, AddressesExhaustedError


def never_taken(_address: str, _port: int) -> bool:
    return False


def test_emulators_on_different_ports_share_no_address() -> None:
    networks = {Addresses(port, never_taken).next((), 8443).rpartition(".")[0] for port in range(1024, 65536)}
    assert len(networks) == 65536 - 1024


def test_a_task_never_gets_the_address_of_this_machine() -> None:
    assert not Addresses(1024, never_taken).next((), 8443).startswith("127.0.")


def test_addresses_rotate() -> None:
    addresses = Addresses(4566, never_taken)
    assert [addresses.next((), None) for _ in range(2)] == ["127.17.214.1", "127.17.214.2"]


def test_an_address_that_answers_is_left_alone() -> None:
    addresses = Addresses(4566, lambda address, _port: address.endswith((".1", ".2")))
    assert addresses.next((), 8443) == "127.17.214.3"


def test_no_address_is_given_twice() -> None:
    addresses = Addresses(4566, never_taken)
    used: set[str] = set()
    for _ in range(254):
        used.add(addresses.next(used, 8443))
    assert len(used) == 254
    with pytest.raises(AddressesExhaustedError):
        addresses.next(used, 8443)
