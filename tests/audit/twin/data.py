# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of what holds data."""

from __future__ import annotations

import json
from typing import Any

from tests.audit.state.reading import Clients, State

BUCKET = "twin-anybody-may-write"


def break_data(clients: Clients, state: State) -> None:
    """Take away every protection of tables, buckets and repositories, and add some that never had one."""
    _break_tables(clients, state)
    _break_repositories(clients("ecr"), state)
    s3 = clients("s3")
    for bucket in state["buckets"]:
        _strip(s3, bucket["Name"])
    s3.create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "eu-central-1"})
    _strip(s3, BUCKET)
    _break_backups(clients("backup"), state)


def _break_tables(clients: Clients, state: State) -> None:
    dynamodb = clients("dynamodb")
    for table in state["tables"]:
        name = table["TableName"]
        off = {"PointInTimeRecoveryEnabled": False}
        dynamodb.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=off)
        dynamodb.update_table(TableName=name, DeletionProtectionEnabled=False)
        tags = [tag["Key"] for tag in table["Tags"]]
        dynamodb.untag_resource(ResourceArn=table["TableArn"], TagKeys=tags)
        dynamodb.put_resource_policy(
            ResourceArn=table["TableArn"], Policy=_for_everybody("dynamodb:*", table["TableArn"])
        )
    dynamodb.create_table(
        TableName="twin-unencrypted",
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )


def _break_repositories(ecr: Any, state: State) -> None:
    for repository in state["repositories"]:
        name = repository["repositoryName"]
        ecr.put_image_tag_mutability(repositoryName=name, imageTagMutability="MUTABLE")
        ecr.put_image_scanning_configuration(repositoryName=name, imageScanningConfiguration={"scanOnPush": False})
        policy = {"Version": "2012-10-17", "Statement": [
            {"Sid": "Anybody", "Effect": "Allow", "Principal": "*", "Action": "ecr:*"}]}  # fmt: skip
        ecr.set_repository_policy(repositoryName=name, policyText=json.dumps(policy))
        if repository["LifecyclePolicy"]:
            ecr.delete_lifecycle_policy(repositoryName=name)
    ecr.create_repository(repositoryName="twin-unencrypted", imageTagMutability="MUTABLE")


def _strip(s3: Any, bucket: str) -> None:
    s3.delete_public_access_block(Bucket=bucket)
    s3.delete_bucket_lifecycle(Bucket=bucket)
    s3.delete_bucket_ownership_controls(Bucket=bucket)
    s3.put_bucket_versioning(Bucket=bucket, VersioningConfiguration={"Status": "Suspended"})
    s3.delete_bucket_encryption(Bucket=bucket)
    s3.put_bucket_acl(Bucket=bucket, ACL="public-read-write")
    s3.put_bucket_policy(Bucket=bucket, Policy=_for_everybody("s3:*", f"arn:aws:s3:::{bucket}/*"))


def _break_backups(backup: Any, state: State) -> None:
    for selection in state["backup_selections"]:
        backup.delete_backup_selection(BackupPlanId=selection["BackupPlanId"], SelectionId=selection["SelectionId"])
    for plan in state["backup_plans"]:
        backup.delete_backup_plan(BackupPlanId=plan["BackupPlanId"])


def _for_everybody(actions: str, resource: str) -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": actions, "Resource": resource}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})
