# SPDX-License-Identifier: GPL-3.0-or-later
"""security_outputs from what the *_info modules return."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._security_facts import (
    edge_outputs,
    key_arns,
    security_outputs,
)

KEY = "arn:aws:kms:eu-central-1:123456789012:key/"
KEYS = {"data": f"{KEY}d", "logs": f"{KEY}l", "images": f"{KEY}i"}
IMPORTED = "arn:aws:acm:eu-central-1:123456789012:certificate/imported"
GIVEN = "arn:aws:acm:eu-central-1:123456789012:certificate/given"
GROUPS = [
    {"group_name": "shop-dev-task", "group_id": "sg-task"},
    {"group_name": "other-alb", "group_id": "sg-other"},
    {"group_name": "shop-dev-alb", "group_id": "sg-alb"},
]


ACL = "arn:aws:wafv2:eu-central-1:123456789012:regional/webacl/shop-dev/1"
REQUESTED = "arn:aws:acm:eu-central-1:123456789012:certificate/requested"
OLD = "arn:aws:acm:eu-central-1:123456789012:certificate/old"
FOUND = [
    {"certificate_arn": OLD, "type": "AMAZON_ISSUED", "domain_name": "old.example.com"},
    {"certificate_arn": IMPORTED, "type": "IMPORTED", "domain_name": "shop.example.com"},
    {"certificate_arn": REQUESTED, "type": "AMAZON_ISSUED", "domain_name": "shop.example.com"},
]


def edge(certificates: list[dict[str, str]], web_acl: dict[str, str] | None = None, **inputs: Any) -> dict[str, Any]:
    nothing = {"certificate_arn": "", "certificate_file": "", "domain": "", "waf_enabled": True}
    return edge_outputs(certificates, nothing | inputs, web_acl or {})


def test_outputs_name_what_is_there() -> None:
    assert security_outputs(GROUPS, "shop-dev", KEYS) == {
        "alb_security_group_id": "sg-alb",
        "task_security_group_id": "sg-task",
        "data_key_arn": f"{KEY}d",
        "logs_key_arn": f"{KEY}l",
        "images_key_arn": f"{KEY}i",
    }
    assert edge(FOUND, {"arn": ACL}, certificate_file="site.pem", waf_enabled=False) == {
        "certificate_arn": IMPORTED,
        "web_acl_arn": ACL,
        "waf_enabled": False,
    }


@pytest.mark.parametrize("certificates", [[], FOUND])
def test_given_certificate_wins(certificates: list[dict[str, str]]) -> None:
    assert edge(certificates, certificate_arn=GIVEN)["certificate_arn"] == GIVEN


def test_requested_certificate_is_that_of_the_domain() -> None:
    assert edge(FOUND, domain="Shop.example.com")["certificate_arn"] == REQUESTED
    assert edge(FOUND, domain="new.example.com")["certificate_arn"] == ""


def test_dry_run_of_an_empty_account_has_well_formed_and_distinct_groups() -> None:
    found = security_outputs([], "shop-dev", {})
    assert found["alb_security_group_id"] == "sg-00000000000000000"
    assert found["task_security_group_id"] == "sg-00000000000000001"
    assert edge([]) == {"certificate_arn": "", "web_acl_arn": "", "waf_enabled": True}


MADE = [{"item": "data", "key_arn": f"{KEY}d"}, {"item": "logs", "key_arn": f"{KEY}l"}, {"item": "images"}]
FOUND_KEYS = [{"item": "data", "kms_keys": [{"key_arn": f"{KEY}d"}]}, {"item": "logs", "kms_keys": []}]


@pytest.mark.parametrize(
    ("results", "given", "expected"),
    [
        ([], {}, ("none", "none", "none")),
        (MADE, {}, (f"{KEY}d", f"{KEY}l", "none")),
        (FOUND_KEYS, {}, (f"{KEY}d", "none", "none")),
        (MADE + FOUND_KEYS, {}, (f"{KEY}d", f"{KEY}l", "none")),
        (FOUND_KEYS, {"logs": "theirs", "images": ""}, (f"{KEY}d", "theirs", "none")),
        ([{"item": "data", "skipped": True}], {"data": "theirs"}, ("theirs", "none", "none")),
    ],
)
def test_key_is_the_given_or_the_found_one(results: Any, given: dict[str, str], expected: tuple[str, ...]) -> None:
    assert key_arns(results, given, "none") == dict(zip(("data", "logs", "images"), expected, strict=True))
