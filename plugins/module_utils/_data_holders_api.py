# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls that find what holds data, one function for each kind of it; all raise AnsibleAWSError."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as
from ansible_collections.palisade.ecs.plugins.module_utils._data_holders import (
    DELETING,
    SYSTEM,
    Holder,
    Wanted,
)

GONE = ["NoSuchBucket", "ResourceNotFoundException", "TableNotFoundException", "BackupNotFoundException"]
HolderErrorHandler = missing_as(*GONE)


def _pages(client: Any, operation: str, key: str, **arguments: Any) -> list[Any]:
    @HolderErrorHandler.list_error_handler(f"{operation.replace('_', ' ')} {arguments or ''}".strip(), {})
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.get_paginator(operation).paginate(**arguments).build_full_result()

    return list(dict(attempt()).get(key) or [])


def _read(client: Any, operation: str, **arguments: Any) -> dict[str, Any]:
    @HolderErrorHandler.list_error_handler(f"{operation.replace('_', ' ')} {arguments}", {})
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return dict(attempt())


def tables(client: Any, wanted: Wanted) -> Iterator[Holder]:
    """Yield the tables; one that is being deleted is gone, but still needs its key: AWS may make a backup of it."""
    for name in _pages(client, "list_tables", "TableNames"):
        if not (wanted.key_arns or wanted.is_named(name)):
            continue
        table = _read(client, "describe_table", TableName=name).get("Table", {})
        key_arn = table.get("SSEDescription", {}).get("KMSMasterKeyArn", "")
        state = DELETING if table.get("TableStatus") == DELETING else ""
        if table and (wanted.has(name, key_arn) if not state else key_arn in wanted.key_arns):
            yield Holder("table", name, table["TableArn"], key_arn, state=state, named=wanted.is_named(name))


def backups(client: Any, wanted: Wanted) -> Iterator[Holder]:
    """Yield backups on demand, and those of AWS of deleted tables; recovery points are not among them."""
    for one in _pages(client, "list_backups", "BackupSummaries", BackupType="ALL"):
        named = wanted.is_named(one["TableName"])
        if one["BackupType"] == "AWS_BACKUP" or one["BackupStatus"] == "DELETED" or not (wanted.key_arns or named):
            continue
        description = _read(client, "describe_backup", BackupArn=one["BackupArn"]).get("BackupDescription", {})
        encryption = description.get("SourceTableFeatureDetails", {}).get("SSEDescription", {})
        key_arn = encryption.get("KMSMasterKeyArn", "")
        if named or key_arn in wanted.key_arns:
            state = SYSTEM if one["BackupType"] == SYSTEM else ""
            yield Holder("backup", one["TableName"], one["BackupArn"], key_arn, state=state, named=named)


def vaults(client: Any, wanted: Wanted) -> Iterator[Holder]:
    """Yield vaults by their names, and recovery points by their vaults' names or their keys.

    First the points: that is the order in which somebody can delete them.
    """
    for vault in _pages(client, "list_backup_vaults", "BackupVaultList"):
        name, named = vault["BackupVaultName"], wanted.is_named(vault["BackupVaultName"])
        points = _pages(client, "list_recovery_points_by_backup_vault", "RecoveryPoints", BackupVaultName=name)
        for point in points:
            if named or point.get("EncryptionKeyArn", "") in wanted.key_arns:
                key_arn = point.get("EncryptionKeyArn", "")
                yield Holder("recovery point", name, point["RecoveryPointArn"], key_arn, named=named)
        if wanted.has(name, vault.get("EncryptionKeyArn", "")):
            key_arn = vault.get("EncryptionKeyArn", "")
            yield Holder("vault", name, vault["BackupVaultArn"], key_arn, empty=not points, named=named)


def log_groups(client: Any, wanted: Wanted) -> Iterator[Holder]:
    """Yield log groups. The bytes that AWS tells of one lag behind, so it is empty if it has no stream."""
    for group in _pages(client, "describe_log_groups", "logGroups"):
        name, key_arn = group["logGroupName"], group.get("kmsKeyId", "")
        if wanted.has(name, key_arn):
            streams = _read(client, "describe_log_streams", logGroupName=name, limit=1).get("logStreams")
            named = wanted.is_named(name)
            yield Holder("log group", name, group["arn"].removesuffix(":*"), key_arn, not streams, named=named)


def buckets(client: Any, wanted: Wanted) -> Iterator[Holder]:
    """Yield buckets; one with nothing but old versions of objects is not empty, and AWS does not delete it."""
    for bucket in _read(client, "list_buckets").get("Buckets", []):
        name = bucket["Name"]
        if wanted.is_named(name):
            found = _read(client, "list_object_versions", Bucket=name, MaxKeys=1)
            empty = not (found.get("Versions") or found.get("DeleteMarkers"))
            yield Holder("bucket", name, f"arn:{_partition(client)}:s3:::{name}", empty=empty)


def _partition(client: Any) -> str:
    return str(client.meta.partition)


def repositories(client: Any, wanted: Wanted) -> Iterator[Holder]:
    """Yield image repositories."""
    for one in _pages(client, "describe_repositories", "repositories"):
        name, key_arn = one["repositoryName"], one.get("encryptionConfiguration", {}).get("kmsKey", "")
        if wanted.has(name, key_arn):
            images = _read(client, "list_images", repositoryName=name, maxResults=1).get("imageIds")
            named = wanted.is_named(name)
            yield Holder("repository", name, one["repositoryArn"], key_arn, not images, named=named)


def secrets(client: Any, wanted: Wanted) -> Iterator[Holder]:
    """Yield secrets by their keys, which may be told by id or ARN."""
    for one in _pages(client, "list_secrets", "SecretList", IncludePlannedDeletion=True):
        key_arn = next((arn for arn in wanted.key_arns if arn.endswith(one.get("KmsKeyId") or "none of ours")), "")
        if key_arn:
            yield Holder("secret", one["Name"], one["ARN"], key_arn, named=False)


def keys(client: Any, aliases: list[str]) -> list[Holder]:
    """Return the keys that have these aliases."""
    found = {one["AliasName"]: one.get("TargetKeyId", "") for one in _pages(client, "list_aliases", "Aliases")}
    described = {
        alias: _read(client, "describe_key", KeyId=found[alias])["KeyMetadata"] for alias in aliases if found.get(alias)
    }
    return [Holder("key", alias, key["Arn"], state=key["KeyState"]) for alias, key in described.items()]
