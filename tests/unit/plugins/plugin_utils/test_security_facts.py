# SPDX-License-Identifier: GPL-3.0-or-later
"""security_outputs from what the *_info modules return."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._security_facts import key_arns, security_outputs

KEY = "arn:aws:kms:eu-central-1:123456789012:key/"
KEYS = {"data": f"{KEY}d", "logs": f"{KEY}l", "images": f"{KEY}i"}
IMPORTED = "arn:aws:acm:eu-central-1:123456789012:certificate/imported"
GIVEN = "arn:aws:acm:eu-central-1:123456789012:certificate/given"
GROUPS = [
    {"group_name": "shop-dev-task", "group_id": "sg-task"},
    {"group_name": "other-alb", "group_id": "sg-other"},
    {"group_name": "shop-dev-alb", "group_id": "sg-alb"},
]


def outputs(**changes: Any) -> dict[str, str]:
    parts: dict[str, Any] = {
        "groups": GROUPS,
        "stack": "shop-dev",
        "key_arns": KEYS,
        "certificate_arn": "",
        "certificates": [{"certificate_arn": IMPORTED}],
    }
    return security_outputs(**parts | changes)


def test_outputs_name_what_is_there() -> None:
    assert outputs() == {
        "alb_security_group_id": "sg-alb",
        "task_security_group_id": "sg-task",
        "data_key_arn": f"{KEY}d",
        "logs_key_arn": f"{KEY}l",
        "images_key_arn": f"{KEY}i",
        "certificate_arn": IMPORTED,
    }


@pytest.mark.parametrize("certificates", [[], [{"certificate_arn": IMPORTED}]])
def test_given_certificate_wins(certificates: list[dict[str, str]]) -> None:
    assert outputs(certificate_arn=GIVEN, certificates=certificates)["certificate_arn"] == GIVEN


def test_dry_run_of_an_empty_account_has_well_formed_and_distinct_groups() -> None:
    found = outputs(groups=[], certificates=[])
    assert found["alb_security_group_id"] == "sg-00000000000000000"
    assert found["task_security_group_id"] == "sg-00000000000000001"
    assert found["certificate_arn"] == ""


MADE = [{"item": "data", "key_arn": f"{KEY}d"}, {"item": "logs", "key_arn": f"{KEY}l"}, {"item": "images"}]
FOUND = [{"item": "data", "kms_keys": [{"key_arn": f"{KEY}d"}]}, {"item": "logs", "kms_keys": []}]


@pytest.mark.parametrize(
    ("results", "given", "expected"),
    [
        ([], {}, ("none", "none", "none")),
        (MADE, {}, (f"{KEY}d", f"{KEY}l", "none")),
        (FOUND, {}, (f"{KEY}d", "none", "none")),
        (MADE + FOUND, {}, (f"{KEY}d", f"{KEY}l", "none")),
        (FOUND, {"logs": "theirs", "images": ""}, (f"{KEY}d", "theirs", "none")),
        ([{"item": "data", "skipped": True}], {"data": "theirs"}, ("theirs", "none", "none")),
    ],
)
def test_key_is_the_given_or_the_found_one(results: Any, given: dict[str, str], expected: tuple[str, ...]) -> None:
    assert key_arns(results, given, "none") == dict(zip(("data", "logs", "images"), expected, strict=True))
