# SPDX-License-Identifier: GPL-3.0-or-later
"""Every decision about a call is noted, also those that services ask for."""

from __future__ import annotations

from contextlib import suppress

import pytest

from emulator.authorizer import journal
from emulator.authorizer.authorizer import Authorizer, DeniedError
from emulator.authorizer.call import Call, Need
from tests.unit.emulator.authorizer.authorizer_world import KEY, ROLE, SOURCE, TABLE, World, allow, document, network

GET = Call("dynamodb", (Need("dynamodb:GetItem", TABLE),))
SCAN = Call("dynamodb", (Need("dynamodb:Scan", TABLE),))
DELEGATING = document(allow("kms:*", Principal={"AWS": "123456789012"}))


def decided(*calls: Call) -> list[dict[str, str | int]]:
    """Return what is noted when a role that may read an encrypted table makes calls."""
    policies = (document(allow("dynamodb:GetItem", "kms:Decrypt")),)
    world = World(policies, resources={KEY: DELEGATING}, keys={TABLE: KEY})
    found = Authorizer(network, world.account)
    for call in calls:
        with suppress(DeniedError):
            found.check(SOURCE, call)
    return found.journal.entries()


def entry(action: str, resource: str, *, via: str = "", denied_by: str = "", count: int = 1) -> dict[str, str | int]:
    return {"who": ROLE, "action": action, "resource": resource, "via": via, "denied_by": denied_by, "count": count}


def test_calls_are_counted_with_what_services_ask_for_because_of_them() -> None:
    assert decided(GET, SCAN, GET) == [
        entry("dynamodb:GetItem", TABLE, count=2),
        entry("kms:Decrypt", KEY, via="dynamodb.amazonaws.com", count=2),
        entry("dynamodb:Scan", TABLE, denied_by="identity-based policy"),
    ]


def test_the_oldest_are_forgotten(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(journal, "MOST_ENTRIES", 2)
    assert [one["action"] for one in decided(GET, SCAN)] == ["kms:Decrypt", "dynamodb:Scan"]
