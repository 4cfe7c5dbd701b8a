# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds data, and what a key is needed by, whoever made it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import data_holders_info
from moto.dynamodb.models.table import Table

from tests.integration.plugins.modules.aws_account import AwsAccount, Json

OURS = {
    "table_names": ["shop", "shop.*"],
    "vault_names": ["shop"],
    "log_group_names": ["/shop"],
    "bucket_names": ["shop-logs"],
    "repository_names": ["shop"],
}
ALIAS = "alias/shop"


@pytest.fixture
def key(aws: AwsAccount) -> str:
    """The ARN of a key."""
    kms = aws.client("kms")
    arn = str(kms.create_key()["KeyMetadata"]["Arn"])
    kms.create_alias(AliasName=ALIAS, TargetKeyId=arn)
    return arn


def make_table(aws: AwsAccount, name: str, key_arn: str = "") -> Any:
    encryption = {"SSESpecification": {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": key_arn}}
    return aws.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **(encryption if key_arn else {}),
    )


def users(aws: AwsAccount, **asked: Any) -> list[tuple[str, str]]:
    told = aws.run(data_holders_info, **{"key_aliases": [ALIAS], **asked})
    return [(one["kind"], one["name"]) for one in told["holders"]]


def the_key(aws: AwsAccount) -> Json:
    found: Json = aws.run(data_holders_info, key_aliases=[ALIAS])["holders"][-1]
    return found


def test_an_empty_account_holds_nothing(aws: AwsAccount) -> None:
    assert aws.run(data_holders_info, **OURS, key_aliases=[ALIAS]) == {"changed": False, "holders": []}


def test_generations_of_a_table_are_the_stacks_and_other_names_are_not(aws: AwsAccount) -> None:
    for name in ("shop", "shop.2", "shop-prod", "shopping"):
        make_table(aws, name)
    told = aws.run(data_holders_info, **OURS)["holders"]
    assert [(one["kind"], one["name"], one["empty"]) for one in told] == [
        ("table", "shop", False),
        ("table", "shop.2", False),
    ]


def test_key_is_needed_by_tables_of_others_too(aws: AwsAccount, key: str) -> None:
    assert the_key(aws)["empty"] is True
    make_table(aws, "theirs", key)
    assert the_key(aws)["why"] == "it is needed by table theirs"
    assert the_key(aws)["empty"] is False


def test_key_is_needed_by_the_backup_of_a_table_that_is_gone(aws: AwsAccount, key: str) -> None:
    make_table(aws, "shop", key)
    aws.client("dynamodb").create_backup(TableName="shop", BackupName="last")
    aws.client("dynamodb").delete_table(TableName="shop")
    assert users(aws) == [("backup", "shop"), ("key", ALIAS)]


def test_key_is_needed_by_the_backup_that_aws_makes_of_a_deleted_table(aws: AwsAccount, key: str) -> None:
    make_table(aws, "shop", key)
    on = {"PointInTimeRecoveryEnabled": True}
    aws.client("dynamodb").update_continuous_backups(TableName="shop", PointInTimeRecoverySpecification=on)
    aws.client("dynamodb").delete_table(TableName="shop")
    assert users(aws) == [("backup", "shop"), ("key", ALIAS)]


def test_key_is_needed_by_recovery_points_in_any_vault(aws: AwsAccount, key: str) -> None:
    table = make_table(aws, "shop", key)["TableDescription"]
    backup = aws.client("backup")
    backup.create_backup_vault(BackupVaultName="theirs")
    role = "arn:aws:iam::123456789012:role/backup"
    backup.start_backup_job(BackupVaultName="theirs", ResourceArn=table["TableArn"], IamRoleArn=role)
    aws.client("dynamodb").delete_table(TableName="shop")
    assert users(aws) == [("recovery point", "theirs"), ("key", ALIAS)]


def test_key_is_needed_by_log_groups_repositories_and_secrets(aws: AwsAccount, key: str) -> None:
    aws.client("logs").create_log_group(logGroupName="theirs", kmsKeyId=key)
    encryption = {"encryptionType": "KMS", "kmsKey": key}
    aws.client("ecr").create_repository(repositoryName="theirs", encryptionConfiguration=encryption)
    aws.client("secretsmanager").create_secret(Name="theirs", SecretString="none", KmsKeyId=key)
    kinds = ["log group", "repository", "secret"]
    assert users(aws) == [*((kind, "theirs") for kind in kinds), ("key", ALIAS)]


def test_what_is_empty_is_told_and_in_a_dry_run_gone(aws: AwsAccount, key: str) -> None:
    aws.client("logs").create_log_group(logGroupName="/shop", kmsKeyId=key)
    aws.client("backup").create_backup_vault(BackupVaultName="shop", EncryptionKeyArn=key)
    place = {"LocationConstraint": "eu-central-1"}
    aws.client("s3").create_bucket(Bucket="shop-logs", CreateBucketConfiguration=place)
    aws.client("ecr").create_repository(repositoryName="shop")
    told = aws.run(data_holders_info, **OURS)["holders"]
    assert {one["kind"]: one["empty"] for one in told} == dict.fromkeys(
        ("vault", "log group", "bucket", "repository"), True
    )
    assert users(aws, **OURS)[-1] == ("key", ALIAS)
    assert users(aws, **OURS, foresee=True) == [("key", ALIAS)]
    aws.client("logs").create_log_stream(logGroupName="/shop", logStreamName="task")
    aws.client("s3").put_bucket_versioning(Bucket="shop-logs", VersioningConfiguration={"Status": "Enabled"})
    aws.client("s3").put_object(Bucket="shop-logs", Key="log")
    aws.client("s3").delete_object(Bucket="shop-logs", Key="log")
    told = aws.run(data_holders_info, **OURS)["holders"]
    full = {one["kind"] for one in told if not one["empty"]}
    # An old version of an object that was deleted is content.
    assert full == {"log group", "bucket"}


def test_a_deleted_table_is_foreseen_as_its_backup(aws: AwsAccount, key: str) -> None:
    make_table(aws, "shop", key)
    foreseen = {**OURS, "foresee": True, "deleted_table": "shop"}
    assert users(aws, **foreseen) == [("backup", "shop"), ("key", ALIAS)]
    assert users(aws, **{**foreseen, "deleted_table": ""}) == [("table", "shop"), ("key", ALIAS)]


def test_a_table_that_is_being_deleted_is_gone_and_needs_its_key(
    aws: AwsAccount, key: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_table(aws, "shop", key)
    original: Any = Table.describe

    def describe(table: Any, **asked: Any) -> Any:
        told = original(table, **asked)
        return {"Table": {**told["Table"], "TableStatus": "DELETING"}}

    monkeypatch.setattr(Table, "describe", describe)
    assert aws.run(data_holders_info, **OURS)["holders"] == []
    told = aws.run(data_holders_info, **OURS, key_aliases=[ALIAS])["holders"]
    assert [(one["kind"], one["state"], one["empty"]) for one in told[:1]] == [("table", "DELETING", False)]
    assert told[-1]["why"] == "it is needed by table shop"


def test_a_key_that_is_pending_deletion_says_so(aws: AwsAccount, key: str) -> None:
    aws.client("kms").schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    found = the_key(aws)
    assert (found["state"], found["removal"]) == ("PendingDeletion", "")
