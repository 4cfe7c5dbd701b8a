# SPDX-License-Identifier: GPL-3.0-or-later
"""How kinds of policies add up: a table of what AWS documents, in which every row has its opposite."""

from __future__ import annotations

import itertools

import pytest

from emulator.authorizer.combination import Denial, Kind, Relation, denial
from emulator.authorizer.policy import Decision, Grant

ALLOWED, DENIED, SILENT = Decision.ALLOWED, Decision.EXPLICITLY_DENIED, Decision.IMPLICITLY_DENIED
ENDPOINT, RESOURCE, IDENTITY, BOUNDARY, SESSION = Kind
SAME, CROSS = Relation(), Relation(same_account=False)
KEY = Relation(resource_decides=True)
NOTHING, ACCOUNT, ROLE, DIRECT = Grant


def decided(relation: Relation, grant: Grant = NOTHING, **opinions: Decision) -> Kind | None:
    """Return which kind is silently against a request."""
    found = denial({Kind[name.upper()]: decision for name, decision in opinions.items()}, grant, relation)
    assert found is None or found.decision is SILENT
    return found.kind if found else None


@pytest.mark.parametrize(
    ("relation", "grant", "opinions", "expected"),
    [
        # Within an account an identity's policy suffices, and one of the resource that does not delegate.
        (SAME, NOTHING, {"identity": ALLOWED}, None),
        (SAME, NOTHING, {"identity": SILENT}, IDENTITY),
        (SAME, NOTHING, {"identity": ALLOWED, "resource": SILENT}, None),
        (SAME, NOTHING, {"identity": SILENT, "resource": SILENT}, IDENTITY),
        (SAME, ROLE, {"identity": SILENT, "resource": ALLOWED}, None),
        (SAME, DIRECT, {"identity": SILENT, "resource": ALLOWED}, None),
        (SAME, ACCOUNT, {"identity": SILENT, "resource": ALLOWED}, IDENTITY),
        # A boundary limits identity and role, not whom a resource names directly.
        (SAME, NOTHING, {"identity": ALLOWED, "boundary": ALLOWED}, None),
        (SAME, NOTHING, {"identity": ALLOWED, "boundary": SILENT}, BOUNDARY),
        (SAME, NOTHING, {"identity": SILENT, "boundary": ALLOWED}, IDENTITY),
        (SAME, ROLE, {"identity": SILENT, "resource": ALLOWED, "boundary": ALLOWED}, None),
        (SAME, ROLE, {"identity": SILENT, "resource": ALLOWED, "boundary": SILENT}, BOUNDARY),
        (SAME, DIRECT, {"identity": SILENT, "resource": ALLOWED, "boundary": SILENT}, None),
        # So does what AssumeRole was given.
        (SAME, NOTHING, {"identity": ALLOWED, "session": SILENT}, SESSION),
        (SAME, NOTHING, {"identity": ALLOWED, "session": ALLOWED}, None),
        (SAME, ROLE, {"identity": SILENT, "resource": ALLOWED, "session": SILENT}, SESSION),
        (SAME, DIRECT, {"identity": SILENT, "resource": ALLOWED, "session": SILENT}, None),
        # The endpoint on the way always has to allow.
        (SAME, DIRECT, {"identity": ALLOWED, "resource": ALLOWED, "endpoint": SILENT}, ENDPOINT),
        (SAME, DIRECT, {"identity": ALLOWED, "resource": ALLOWED, "endpoint": ALLOWED}, None),
        # The policy of a key or role has to allow, be it by delegating.
        (KEY, NOTHING, {"identity": ALLOWED, "resource": SILENT}, RESOURCE),
        (KEY, ACCOUNT, {"identity": ALLOWED, "resource": ALLOWED}, None),
        (KEY, ACCOUNT, {"identity": SILENT, "resource": ALLOWED}, IDENTITY),
        (KEY, ROLE, {"identity": SILENT, "resource": ALLOWED}, None),
        (KEY, ROLE, {"identity": SILENT, "resource": ALLOWED, "boundary": SILENT}, BOUNDARY),
        (KEY, DIRECT, {"identity": SILENT, "resource": ALLOWED, "boundary": SILENT}, None),
        # Between accounts both sides have to allow, in whatever way.
        (CROSS, ACCOUNT, {"identity": ALLOWED, "resource": ALLOWED}, None),
        (CROSS, DIRECT, {"identity": SILENT, "resource": ALLOWED}, IDENTITY),
        (CROSS, NOTHING, {"identity": ALLOWED, "resource": SILENT}, RESOURCE),
        (CROSS, DIRECT, {"identity": ALLOWED, "resource": ALLOWED, "boundary": SILENT}, BOUNDARY),
        (CROSS, DIRECT, {"identity": ALLOWED, "resource": ALLOWED, "session": SILENT}, SESSION),
        # What another account says is not known, and not asked.
        (CROSS, NOTHING, {"identity": ALLOWED}, None),
        (CROSS, NOTHING, {"identity": SILENT}, IDENTITY),
        (CROSS, DIRECT, {"resource": ALLOWED}, None),
        # A service is of no account, and has nothing but what the resource says.
        (CROSS, NOTHING, {"resource": SILENT}, RESOURCE),
    ],
)
def test_combination(relation: Relation, grant: Grant, opinions: dict[str, Decision], expected: Kind | None) -> None:
    assert decided(relation, grant, **opinions) is expected


@pytest.mark.parametrize("kind", Kind)
@pytest.mark.parametrize("relation", [SAME, CROSS, KEY])
@pytest.mark.parametrize("grant", Grant)
def test_an_explicit_deny_wins_wherever_it_is(kind: Kind, relation: Relation, grant: Grant) -> None:
    opinions = {**dict.fromkeys(Kind, ALLOWED), kind: DENIED}
    assert denial(opinions, grant, relation) == Denial(kind, DENIED)


@pytest.mark.parametrize("relation", [SAME, CROSS, KEY])
def test_one_more_silence_never_helps(relation: Relation) -> None:
    """Taking an allow away, or lowering a grant, never turns a denial into an allowance."""
    for decisions in itertools.product((ALLOWED, SILENT), repeat=5):
        opinions = dict(zip(Kind, decisions, strict=True))
        for grant in Grant:
            if denial(opinions, grant, relation) is None:
                continue
            for kind in Kind:
                assert denial({**opinions, kind: SILENT}, grant, relation) is not None
            assert denial(opinions, min(Grant), relation) is not None
