# SPDX-License-Identifier: GPL-3.0-or-later
"""Vaults and plans of backups, kept by the modules and asked for at AWS Backup."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.amazon.aws.plugins.modules import backup_plan as their_plan
from ansible_collections.amazon.aws.plugins.modules import backup_selection as their_selection
from ansible_collections.amazon.aws.plugins.modules import backup_vault as their_vault
from ansible_collections.palisade.ecs.plugins.modules import backup_plan, backup_vault

from tests.integration.plugins.modules.aws_account import AwsAccount, Json

TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop"
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"},
    ],
}
NAMED: Json = {"name": "shop"}
AWAY: Json = {**NAMED, "state": "absent"}


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def vault(aws: AwsAccount) -> Json:
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    aws.written()
    return {**NAMED, "kms_key_arn": key, "lock_min_retention_days": 7, "tags": {"Application": "shop"}}


@pytest.fixture
def plan(aws: AwsAccount) -> Json:
    role = aws.client("iam").create_role(RoleName="backup", AssumeRolePolicyDocument=json.dumps(TRUST))["Role"]["Arn"]
    aws.written()
    named = {"vault_name": "shop", "role_arn": role, "resources": [TABLE]}
    return {**NAMED, **named, "tags": {"Application": "shop"}}


def results(told: Json) -> Json:
    return {key: value for key, value in told.items() if key not in ("changed", "diff")}


def test_story_of_a_vault(aws: AwsAccount, vault: Json) -> None:
    dry = aws.run(backup_vault, dry=True, **vault)
    assert (dry["diff"]["before"], aws.written()) == ({}, [])
    made, again = aws.run(backup_vault, **vault), aws.run(backup_vault, dry=True, **vault)
    assert [one["changed"] for one in (dry, made, again)] == [True, True, False]
    assert aws.written() == ["CreateBackupVault", "PutBackupVaultLockConfiguration"]
    assert results(dry) | {"vault_arn": made["vault_arn"]} == results(made) == results(again)
    (found,) = aws.client("backup").list_backup_vaults()["BackupVaultList"]
    assert (found["EncryptionKeyArn"], found["Locked"], found["MinRetentionDays"]) == (vault["kms_key_arn"], True, 7)

    unlocked = {**vault, "lock_min_retention_days": 0, "tags": {"Team": "web"}}
    foreseen, changed = aws.run(backup_vault, dry=True, **unlocked), aws.run(backup_vault, **unlocked)
    assert results(foreseen) == results(changed)
    assert aws.written() == ["UntagResource", "TagResource", "DeleteBackupVaultLockConfiguration"]

    told = [aws.run(backup_vault, dry=dry, **AWAY) for dry in (True, False, False)]
    assert [one["changed"] for one in told] == [True, True, False]
    assert results(told[0]) == results(told[1]) == results(told[2])
    assert aws.written() == ["DeleteBackupVault"]


def test_vault_with_another_key_is_refused(aws: AwsAccount, vault: Json) -> None:
    aws.run(backup_vault, **vault)
    other = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    aws.written()
    for dry in (True, False):
        told = aws.run(backup_vault, dry=dry, **{**vault, "kms_key_arn": other})
        assert "AWS cannot change the key of a vault" in told["msg"]
    assert aws.written() == []


Drift = Callable[[Any, Json], Any]
VAULT_DRIFTS: dict[str, Drift] = {
    "no lock": lambda client, told: client.delete_backup_vault_lock_configuration(BackupVaultName="shop"),
    "another lock": lambda client, told: client.put_backup_vault_lock_configuration(
        BackupVaultName="shop", MinRetentionDays=1, MaxRetentionDays=9
    ),
    "a tag less": lambda client, told: client.untag_resource(ResourceArn=told["vault_arn"], TagKeyList=["Application"]),
    "a tag more": lambda client, told: client.tag_resource(ResourceArn=told["vault_arn"], Tags={"Team": "web"}),
}


@pytest.mark.parametrize("drift", VAULT_DRIFTS)
def test_drift_of_a_vault_is_repaired(aws: AwsAccount, vault: Json, drift: str) -> None:
    before = aws.run(backup_vault, **vault)
    VAULT_DRIFTS[drift](aws.client("backup"), before)
    repaired(aws, backup_vault, vault, before)


def repaired(aws: AwsAccount, module: Any, wanted: Json, before: Json) -> None:
    """Check that a difference is foreseen, shown and repaired in one run."""
    aws.written()
    foreseen = aws.run(module, dry=True, **wanted)
    assert aws.written() == []
    done, again = aws.run(module, **wanted), aws.run(module, dry=True, **wanted)
    assert [one["changed"] for one in (foreseen, done, again)] == [True, True, False]
    assert foreseen["diff"]["before"] != foreseen["diff"]["after"]
    assert results(foreseen) == results(done) == results(before) == results(again)


def test_story_of_a_plan(aws: AwsAccount, plan: Json) -> None:
    dry = aws.run(backup_plan, dry=True, **plan)
    assert (dry["diff"]["before"], aws.written()) == ({}, [])
    made, again = aws.run(backup_plan, **plan), aws.run(backup_plan, dry=True, **plan)
    assert [one["changed"] for one in (dry, made, again)] == [True, True, False]
    assert aws.written() == ["CreateBackupPlan", "CreateBackupSelection"]
    ids = {key: made[key] for key in ("backup_plan_id", "backup_plan_arn")}
    assert results(dry) | ids == results(made) == results(again)

    longer = {**plan, "delete_after_days": 365, "resources": [TABLE, f"{TABLE}-2"]}
    foreseen, changed = aws.run(backup_plan, dry=True, **longer), aws.run(backup_plan, **longer)
    assert results(foreseen) == results(changed)
    assert aws.written() == ["DeleteBackupSelection", "UpdateBackupPlan", "CreateBackupSelection"]
    found = aws.client("backup").get_backup_plan(BackupPlanId=made["backup_plan_id"])["BackupPlan"]
    assert found["Rules"][0]["Lifecycle"] == {"DeleteAfterDays": 365}

    told = [aws.run(backup_plan, dry=dry, **AWAY) for dry in (True, False, False)]
    assert [one["changed"] for one in told] == [True, True, False]
    assert results(told[0]) == results(told[1]) == results(told[2])
    assert aws.written() == ["DeleteBackupSelection", "DeleteBackupPlan"]


def document(**rule: Any) -> Json:
    ours = {
        "RuleName": "shop",
        "TargetBackupVaultName": "shop",
        "ScheduleExpression": "cron(0 5 ? * * *)",
        "Lifecycle": {"DeleteAfterDays": 35},
    }
    return {"BackupPlanName": "shop", "Rules": [{**ours, **rule}]}


def changed_rule(**rule: Any) -> Drift:
    return lambda client, told: client.update_backup_plan(
        BackupPlanId=told["backup_plan_id"], BackupPlan=document(**rule)
    )


def other_selection(client: Any, told: Json, **selection: Any) -> None:
    plan_id = {"BackupPlanId": told["backup_plan_id"]}
    (found,) = client.list_backup_selections(**plan_id)["BackupSelectionsList"]
    client.delete_backup_selection(**plan_id, SelectionId=found["SelectionId"])
    if selection:
        named = {"SelectionName": "shop", "IamRoleArn": told["role_arn"], "Resources": told["resources"]}
        client.create_backup_selection(**plan_id, BackupSelection={**named, **selection})


PLAN_DRIFTS: dict[str, Drift] = {
    "shorter": changed_rule(Lifecycle={"DeleteAfterDays": 1}),
    "later": changed_rule(ScheduleExpression="cron(0 9 ? * * *)"),
    "elsewhere": changed_rule(TargetBackupVaultName="another"),
    "in another time zone": changed_rule(ScheduleExpressionTimezone="Europe/Berlin"),
    "a smaller window": changed_rule(StartWindowMinutes=60, CompletionWindowMinutes=120),
    "in cold storage": changed_rule(Lifecycle={"DeleteAfterDays": 135, "MoveToColdStorageAfterDays": 1}),
    "nothing selected": other_selection,
    "something else selected": lambda client, told: other_selection(client, told, Resources=[f"{TABLE}-2"]),
    "selected on a condition": lambda client, told: other_selection(
        client, told, Conditions={"StringEquals": [{"ConditionKey": "aws:ResourceTag/Team", "ConditionValue": "web"}]}
    ),
    "a tag more": lambda client, told: client.tag_resource(ResourceArn=told["backup_plan_arn"], Tags={"Team": "web"}),
}


@pytest.mark.parametrize("drift", PLAN_DRIFTS)
def test_drift_of_a_plan_is_repaired(aws: AwsAccount, plan: Json, drift: str) -> None:
    before = aws.run(backup_plan, **plan)
    PLAN_DRIFTS[drift](aws.client("backup"), before)
    repaired(aws, backup_plan, plan, before)


def test_role_that_backup_may_not_assume_is_a_failure_and_the_next_run_goes_on(aws: AwsAccount, plan: Json) -> None:
    trust = json.dumps(TRUST).replace("backup.", "ec2.")
    aws.client("iam").update_assume_role_policy(RoleName="backup", PolicyDocument=trust)
    assert "cannot be assumed by AWS Backup" in aws.run(backup_plan, **plan)["msg"]
    aws.client("iam").update_assume_role_policy(RoleName="backup", PolicyDocument=json.dumps(TRUST))
    aws.written()
    assert aws.run(backup_plan, **plan)["changed"]
    assert aws.written() == ["CreateBackupSelection"]


@pytest.mark.parametrize(
    ("module", "arguments", "message"),
    [
        (backup_vault, {"name": "a shop", "kms_key_arn": "key"}, "name is 'a shop'; expected 2 to 50"),
        (backup_vault, {**NAMED}, "state is present but all of the following are missing: kms_key_arn"),
        (
            backup_vault,
            {**NAMED, "kms_key_arn": "key", "lock_min_retention_days": 9, "lock_max_retention_days": 8},
            "lock_min_retention_days is 9 and lock_max_retention_days is 8; expected",
        ),
        (backup_plan, {"schedule": "daily"}, "schedule is 'daily'; expected one such as cron(0 5 ? * * *)"),
        (backup_plan, {"delete_after_days": 0}, "delete_after_days is 0; expected 1 or more"),
        (backup_plan, {"start_window_minutes": 59}, "start_window_minutes is 59"),
        (backup_plan, {"resources": []}, "resources is empty; expected the ARN"),
        (backup_plan, {"name": "a/b"}, "name is 'a/b'; expected 1 to 50"),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(
    aws: AwsAccount, module: Any, arguments: Json, message: str
) -> None:
    enough = {**NAMED, "vault_name": "shop", "role_arn": "role", "resources": [TABLE]} if module is backup_plan else {}
    assert message in aws.run(module, **{**enough, **arguments})["msg"]
    assert aws.written() == []


def test_amazon_aws_still_cannot_look_ahead_or_lock(aws: AwsAccount, plan: Json, vault: Json) -> None:
    """The reason for these modules: should it fail one day, upstream may have learned to do it."""
    theirs = {"backup_vault_name": "shop", "lock_min_retention_days": 7}
    assert "Unsupported parameters" in aws.run(their_vault, **theirs)["msg"]
    aws.run(backup_vault, **vault)
    named = {"backup_plan_name": "shop", "tags": {"Application": "shop"}}
    rules = [{"rule_name": "shop", "target_backup_vault_name": "shop"}]
    selection = {"backup_plan_name": "shop", "selection_name": "shop", "iam_role_arn": plan["role_arn"]}
    assert "Please create one first" in aws.run(their_selection, dry=True, **selection)["msg"]
    aws.run(their_plan, **named, rules=rules)
    assert aws.run(their_plan, dry=True, **named, rules=rules)["changed"]
