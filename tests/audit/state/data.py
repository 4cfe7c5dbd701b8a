# SPDX-License-Identifier: GPL-3.0-or-later
"""Read tables, their backups, buckets and repositories."""

from __future__ import annotations

from typing import Any

from tests.audit.state.reading import Clients, Item, State, if_there, pages


def read(clients: Clients) -> State:
    """Return tables, backup vaults, plans and selections, buckets and repositories."""
    dynamodb, backup, s3, ecr = clients("dynamodb"), clients("backup"), clients("s3"), clients("ecr")
    plans = [
        plan | {"BackupPlan": backup.get_backup_plan(BackupPlanId=plan["BackupPlanId"])["BackupPlan"]}
        for plan in pages(backup, "list_backup_plans", "BackupPlansList")
    ]
    return {
        "tables": [_table(dynamodb, name) for name in pages(dynamodb, "list_tables", "TableNames")],
        "backup_vaults": pages(backup, "list_backup_vaults", "BackupVaultList"),
        "backup_plans": plans,
        "backup_selections": [chosen for plan in plans for chosen in _selections(backup, plan["BackupPlanId"])],
        "buckets": [_bucket(s3, bucket["Name"]) for bucket in s3.list_buckets()["Buckets"]],
        "repositories": [_repository(ecr, item) for item in pages(ecr, "describe_repositories", "repositories")],
    }


def _table(dynamodb: Any, name: str) -> Item:
    table: Item = dynamodb.describe_table(TableName=name)["Table"]
    arn = table["TableArn"]
    policy = if_there(lambda: dynamodb.get_resource_policy(ResourceArn=arn), "PolicyNotFoundException") or {}
    return table | {
        "ContinuousBackups": dynamodb.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"],
        "TimeToLive": dynamodb.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        "Tags": pages(dynamodb, "list_tags_of_resource", "Tags", ResourceArn=arn),
        "ResourcePolicy": policy.get("Policy"),
    }


def _selections(backup: Any, plan_id: str) -> list[Item]:
    found = pages(backup, "list_backup_selections", "BackupSelectionsList", BackupPlanId=plan_id)
    return [
        item
        | {
            "BackupSelection": backup.get_backup_selection(BackupPlanId=plan_id, SelectionId=item["SelectionId"])[
                "BackupSelection"
            ]
        }
        for item in found
    ]


def _bucket(s3: Any, name: str) -> Item:
    encryption = if_there(
        lambda: s3.get_bucket_encryption(Bucket=name), "ServerSideEncryptionConfigurationNotFoundError"
    )
    block = if_there(lambda: s3.get_public_access_block(Bucket=name), "NoSuchPublicAccessBlockConfiguration")
    ownership = if_there(lambda: s3.get_bucket_ownership_controls(Bucket=name), "OwnershipControlsNotFoundError")
    lifecycle = if_there(lambda: s3.get_bucket_lifecycle_configuration(Bucket=name), "NoSuchLifecycleConfiguration")
    policy = if_there(lambda: s3.get_bucket_policy(Bucket=name), "NoSuchBucketPolicy")
    tags = if_there(lambda: s3.get_bucket_tagging(Bucket=name), "NoSuchTagSet")
    return {
        "Name": name,
        "Encryption": (encryption or {}).get("ServerSideEncryptionConfiguration"),
        "PublicAccessBlock": (block or {}).get("PublicAccessBlockConfiguration"),
        "Ownership": (ownership or {}).get("OwnershipControls"),
        "Lifecycle": (lifecycle or {}).get("Rules", []),
        "Versioning": s3.get_bucket_versioning(Bucket=name).get("Status"),
        "Logging": s3.get_bucket_logging(Bucket=name).get("LoggingEnabled"),
        "Policy": (policy or {}).get("Policy"),
        "Tags": (tags or {}).get("TagSet", []),
    }


def _repository(ecr: Any, repository: Item) -> Item:
    name = repository["repositoryName"]
    lifecycle = if_there(lambda: ecr.get_lifecycle_policy(repositoryName=name), "LifecyclePolicyNotFoundException")
    policy = if_there(lambda: ecr.get_repository_policy(repositoryName=name), "RepositoryPolicyNotFoundException")
    return repository | {
        "LifecyclePolicy": (lifecycle or {}).get("lifecyclePolicyText"),
        "Policy": (policy or {}).get("policyText"),
        "Tags": ecr.list_tags_for_resource(resourceArn=repository["repositoryArn"])["tags"],
    }
