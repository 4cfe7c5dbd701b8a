# SPDX-License-Identifier: GPL-3.0-or-later
"""Calls of which not all is known that a policy may ask for: they pass only where nothing hangs on it."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.authorizer.call import Call, Need
from tests.unit.emulator.authorizer.authorizer_world import ROLE, TABLE, World, allow, because, denial, deny, document

PARTIQL = Call("dynamodb", (Need("dynamodb:PartiQLSelect", TABLE),), understood=False)


@pytest.mark.parametrize(
    ("statements", "said"),
    [
        ([allow("dynamodb:*")], ""),
        (
            [allow("dynamodb:*", Condition={"Null": {"dynamodb:Attributes": "true"}})],
            because("identity-based policy", "dynamodb:PartiQLSelect"),
        ),
        ([allow("*"), deny("dynamodb:Scan")], "with an explicit deny in an identity-based policy"),
        # What is said of other services does not matter.
        ([allow("dynamodb:*"), deny("s3:*"), allow("kms:*", Condition={"Null": {"kms:ViaService": "true"}})], ""),
    ],
)
def test_a_call_that_is_not_understood_passes_only_plain_policies(statements: list[dict[str, Any]], said: str) -> None:
    assert denial(World((document(*statements),)), PARTIQL) == said


def test_a_deny_of_the_resource_that_might_apply_applies() -> None:
    """What a statement of PartiQL reads is not known."""
    condition = {"ForAnyValue:StringEquals": {"dynamodb:Attributes": "secret"}}
    world = World(resources={TABLE: document(deny("dynamodb:*", Principal="*", Condition=condition))})
    assert denial(world) == ""
    assert denial(world, PARTIQL) == "with an explicit deny in a resource-based policy"


@pytest.mark.parametrize(
    ("condition", "denied"),
    [
        ({"ArnNotLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/other"}}, True),
        ({"ArnNotLike": {"aws:PrincipalArn": ROLE}}, False),
        ({"ArnNotLike": {"aws:PrincipalArn": ROLE}, "Null": {"dynamodb:Attributes": "true"}}, False),
        ({"StringNotEquals": {"aws:ResourceTag/owner": "us"}}, True),
        # What a variable stands for may be what is not known.
        ({"StringEquals": {"aws:PrincipalArn": "${dynamodb:LeadingKeys}"}}, True),
    ],
)
def test_a_deny_of_other_callers_does_not_concern_what_is_not_understood(
    condition: dict[str, Any], denied: bool
) -> None:
    world = World(resources={TABLE: document(deny("dynamodb:*", Principal="*", Condition=condition))})
    assert denial(world, PARTIQL) == ("with an explicit deny in a resource-based policy" if denied else "")
