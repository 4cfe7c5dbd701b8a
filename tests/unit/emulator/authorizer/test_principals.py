# SPDX-License-Identifier: GPL-3.0-or-later
"""Who is named by Principal and NotPrincipal, and by gateway endpoints in their own way."""

from __future__ import annotations

from typing import Any

import pytest

from emulator.authorizer import principals
from emulator.authorizer.request import PolicyLanguageError, Principal, context_of

ACCOUNT, OTHER = "123456789012", "111122223333"
SESSION = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/shop/ecs-1", ACCOUNT)
USER = Principal(f"arn:aws:iam::{ACCOUNT}:user/staff/ada", ACCOUNT)
ROOT = Principal(f"arn:aws:iam::{ACCOUNT}:root", ACCOUNT)
SERVICE = Principal("", "", "logs.amazonaws.com")
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop"
ALL = [SESSION, USER, ROOT, SERVICE]


@pytest.mark.parametrize(
    ("element", "named"),
    [
        ("*", ALL),
        ({"AWS": "*"}, ALL),
        ({"AWS": ACCOUNT}, [SESSION, USER, ROOT]),
        ({"AWS": [ROOT.arn]}, [SESSION, USER, ROOT]),
        ({"AWS": OTHER}, []),
        ({"AWS": ROLE}, [SESSION]),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:role/with/path/shop"}, [SESSION]),
        ({"AWS": ROLE + "2"}, []),
        ({"AWS": f"arn:aws:iam::{OTHER}:role/shop"}, []),
        ({"AWS": f"arn:aws-cn:iam::{ACCOUNT}:role/shop"}, []),
        ({"AWS": SESSION.arn}, [SESSION]),
        ({"AWS": SESSION.arn + "0"}, []),
        ({"AWS": [USER.arn, OTHER]}, [USER]),
        ({"AWS": f"arn:aws:iam::{ACCOUNT}:user/ada"}, []),
        ({"AWS": "AROAEXAMPLEEXAMPLE123"}, []),
        ({"Service": "logs.amazonaws.com"}, [SERVICE]),
        ({"Service": ["ecs.amazonaws.com"], "AWS": ROLE}, [SESSION]),
        ({"Federated": "cognito-identity.amazonaws.com"}, []),
    ],
)
def test_named(element: Any, named: list[Principal]) -> None:
    parsed = principals.parse(element)
    assert [principal for principal in ALL if parsed.names(principal)] == named


@pytest.mark.parametrize(
    ("element", "named"),
    [
        ("*", ALL),
        ({"AWS": "*"}, ALL),
        ({"AWS": ACCOUNT}, [ROOT]),
        ({"AWS": ROOT.arn}, [ROOT]),
        ({"AWS": OTHER}, []),
        ({"AWS": [ROLE, SESSION.arn, USER.arn]}, []),
        ({"Service": "logs.amazonaws.com"}, []),
    ],
)
def test_named_by_a_gateway_endpoint(element: Any, named: list[Principal]) -> None:
    parsed = principals.parse(element)
    assert [principal for principal in ALL if parsed.names_on_gateway_endpoint(principal)] == named


@pytest.mark.parametrize(
    ("element", "spared"),
    [
        ("*", ALL),
        ({"AWS": [ACCOUNT]}, [ROOT]),
        ({"AWS": [ROLE]}, []),
        ({"AWS": [ACCOUNT, ROLE]}, [SESSION, ROOT]),
        ({"AWS": [ACCOUNT, SESSION.arn]}, [ROOT]),
        ({"AWS": [ACCOUNT, USER.arn]}, [USER, ROOT]),
        ({"AWS": [OTHER, ROLE]}, []),
        ({"Service": "logs.amazonaws.com"}, [SERVICE]),
    ],
)
def test_spared_by_a_deny(element: Any, spared: list[Principal]) -> None:
    parsed = principals.parse(element)
    assert [principal for principal in ALL if parsed.names_all_of(principal)] == spared


@pytest.mark.parametrize(
    "element",
    [
        "arn:aws:iam::123456789012:root",
        {},
        [],
        {"Aws": ACCOUNT},
        {"CanonicalUser": "79a5"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:role/*"},
        {"AWS": f"arn:aws:iam::{ACCOUNT}:user/a?a"},
        {"AWS": f"arn:aws:sts::{ACCOUNT}:assumed-role/shop/*"},
        {"AWS": "arn:aws:iam::*:root"},
        {"AWS": "shop"},
        {"AWS": ""},
        {"Service": "*"},
    ],
)
def test_principal_that_aws_does_not_know_is_refused(element: Any) -> None:
    with pytest.raises(PolicyLanguageError, match="principal"):
        principals.parse(element)


def test_role_of_a_session_and_what_follows_from_who_asks() -> None:
    assert SESSION.role_arn == ROLE
    assert USER.role_arn == USER.arn
    assert context_of(SESSION) == {
        "aws:principalarn": (ROLE,),
        "aws:principalaccount": (ACCOUNT,),
        "aws:principalisawsservice": ("false",),
    }
    assert context_of(USER)["aws:username"] == ("ada",)
    assert context_of(SERVICE) == {
        "aws:principalisawsservice": ("true",),
        "aws:principalservicename": ("logs.amazonaws.com",),
    }
