# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of the table denies what does not come through the endpoint, as the embedded AWS judges it."""

from __future__ import annotations

import pytest

from emulator.authorizer.implied_calls import READ_ITEMS
from emulator.authorizer.policy import Context, Decision, Principal, Request, context_of, evaluate
from tests.unit.house.checkout import ROOT
from tests.unit.roles.policies import document

POLICY = document(ROOT / "roles" / "data" / "templates" / "policies" / "table.json.j2")
TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop-prod"
TASK = Principal("arn:aws:sts::123456789012:assumed-role/shop-prod-eu-central-1-task/1", "123456789012")
ADMINISTRATOR = Principal("arn:aws:iam::123456789012:role/administrator", "123456789012")
OWNER = Principal("arn:aws:iam::123456789012:root", "123456789012")
THROUGH: Context = {"aws:sourcevpce": ("vpce-0a1b2c3d4e5f67890",)}
ANOTHER: Context = {"aws:sourcevpce": ("vpce-0123456789abcdef0",)}
DENIED, SILENT = Decision.EXPLICITLY_DENIED, Decision.IMPLICITLY_DENIED


def judged(principal: Principal, action: str, way: Context, resource: str = TABLE, tls: str = "true") -> Decision:
    context = {**context_of(principal), **way, "aws:securetransport": (tls,)}
    return evaluate(POLICY, Request(principal, f"dynamodb:{action}", resource, context))


@pytest.mark.parametrize("action", READ_ITEMS)
@pytest.mark.parametrize("resource", [TABLE, f"{TABLE}/index/by-customer"])
def test_items_are_reached_through_the_endpoint_only(action: str, resource: str) -> None:
    assert judged(TASK, action, THROUGH, resource) is SILENT
    for principal in (TASK, ADMINISTRATOR):
        assert [judged(principal, action, way, resource) for way in (ANOTHER, {})] == [DENIED, DENIED]
    assert judged(OWNER, action, {}, resource) is SILENT


@pytest.mark.parametrize("action", ["DescribeTable", "PutResourcePolicy", "CreateBackup", "StartAwsBackupJob"])
def test_administration_and_backups_are_not_denied(action: str) -> None:
    assert judged(ADMINISTRATOR, action, {}) is SILENT


def test_nothing_goes_without_tls() -> None:
    for principal, action in ((TASK, "GetItem"), (OWNER, "GetItem"), (ADMINISTRATOR, "DescribeTable")):
        assert judged(principal, action, THROUGH, tls="false") is DENIED


def test_policy_allows_nothing() -> None:
    assert {statement["Effect"] for statement in POLICY["Statement"]} == {"Deny"}
