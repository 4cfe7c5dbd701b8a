# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about vaults and plans of backups."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _backup_plan_plan as plans
from ansible_collections.palisade.ecs.plugins.module_utils import _backup_vault_plan as vaults

TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop"
WANTED: dict[str, Any] = {
    "state": "present",
    "name": "shop",
    "vault_name": "shop",
    "schedule": "cron(0 5 ? * * *)",
    "delete_after_days": 35,
    "start_window_minutes": 480,
    "completion_window_minutes": 10080,
    "role_arn": "arn:aws:iam::123456789012:role/backup",
    "resources": [TABLE],
    "tags": {},
    "purge_tags": True,
}
RULE = {
    "RuleName": "shop",
    "TargetBackupVaultName": "shop",
    "ScheduleExpression": "cron(0 5 ? * * *)",
    "Lifecycle": {"DeleteAfterDays": 35},
}
VAULT: dict[str, Any] = {
    "state": "present",
    "name": "shop",
    "kms_key_arn": "key",
    "lock_min_retention_days": 7,
    "lock_max_retention_days": 0,
    "tags": {"Application": "shop"},
    "purge_tags": False,
}


def found(*rules: Any) -> dict[str, Any]:
    return {
        "BackupPlanId": "id",
        "BackupPlanArn": "arn",
        "BackupPlan": {"BackupPlanName": "shop", "Rules": list(rules or (RULE,))},
    }


def selected(number: int, **fields: Any) -> dict[str, Any]:
    selection = {"SelectionName": "shop", "IamRoleArn": WANTED["role_arn"], "Resources": [TABLE], **fields}
    return {"SelectionId": str(number), "BackupSelection": selection}


def test_windows_of_aws_are_those_that_are_wanted_by_default() -> None:
    assert not plans.plan(found(), [selected(1)], {}, WANTED)


def test_selection_without_conditions_is_told_with_empty_ones() -> None:
    empty = {"StringEquals": [], "StringLike": [], "StringNotEquals": [], "StringNotLike": []}
    assert not plans.plan(found(), [selected(1, Conditions=empty, ListOfTags=[], NotResources=[])], {}, WANTED)


def test_surplus_selections_of_a_run_that_ended_early_go() -> None:
    change = plans.plan(found(), [selected(1, Resources=["other"]), selected(2), selected(3)], {}, WANTED)
    assert (change.surplus, change.new_selection, change.new_rule) == (("1", "3"), False, False)


def test_another_selection_takes_the_place_of_one_that_does_not_fit() -> None:
    change = plans.plan(found(), [selected(1, NotResources=["x"])], {}, WANTED)
    assert (change.surplus, change.new_selection, change.before.other_selectors) == (("1",), True, True)


@pytest.mark.parametrize(
    "rules",
    [
        (RULE, RULE),
        ({**RULE, "RuleName": "x"},),
        ({**RULE, "CopyActions": [{}]},),
        ({**RULE, "EnableContinuousBackup": True},),
    ],
)
def test_what_a_plan_says_besides_is_a_difference(rules: Any) -> None:
    change = plans.plan(found(*rules), [selected(1)], {}, WANTED)
    assert (change.new_rule, change.new_selection, change.as_result(diff=True)["diff"]["before"]["other_rules"]) == (
        True,
        False,
        True,
    )


def test_vault_that_is_not_locked_has_no_days() -> None:
    listed = {"BackupVaultName": "shop", "BackupVaultArn": "arn", "EncryptionKeyArn": "key", "MinRetentionDays": 7}
    before = vaults.described(listed, {"Team": "web"})
    change = vaults.plan(before, VAULT)
    assert (before.lock, change.after.lock) == ({}, {"MinRetentionDays": 7})
    assert change.after.tags == {"Team": "web", "Application": "shop"}
    assert not vaults.plan(vaults.described({**listed, "Locked": True}, change.after.tags), VAULT)


def test_vault_keeps_its_key() -> None:
    before = vaults.Vault(name="shop", kms_key_arn="another")
    with pytest.raises(vaults.PlanError, match="Vault shop has the key another, and key is wanted"):
        vaults.plan(before, VAULT)
    assert vaults.plan(before, {**VAULT, "state": "absent"}).after == vaults.Vault()
