# SPDX-License-Identifier: GPL-3.0-or-later
"""security_outputs from what the *_info modules return."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._security_facts import security_outputs

KEY = "arn:aws:kms:eu-central-1:123456789012:key/1"
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
        "keys": [{"key_arn": KEY}],
        "certificate_arn": "",
        "certificates": [{"certificate_arn": IMPORTED}],
    }
    return security_outputs(**parts | changes)


def test_outputs_name_what_is_there() -> None:
    assert outputs() == {
        "alb_security_group_id": "sg-alb",
        "task_security_group_id": "sg-task",
        "key_arn": KEY,
        "certificate_arn": IMPORTED,
    }


@pytest.mark.parametrize("certificates", [[], [{"certificate_arn": IMPORTED}]])
def test_given_certificate_wins(certificates: list[dict[str, str]]) -> None:
    assert outputs(certificate_arn=GIVEN, certificates=certificates)["certificate_arn"] == GIVEN


def test_dry_run_of_an_empty_account_has_well_formed_and_distinct_groups() -> None:
    assert outputs(groups=[], keys=[], certificates=[]) == {
        "alb_security_group_id": "sg-00000000000000000",
        "task_security_group_id": "sg-00000000000000001",
        "key_arn": "",
        "certificate_arn": "",
    }
