# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be looked up to say which resource a request means."""

from __future__ import annotations

from typing import Any, Protocol

from moto.dynamodb.models import dynamodb_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends

from emulator.settings import ACCOUNT_ID, REGION


class Inventory(Protocol):
    """Names that requests use, and what they stand for."""

    def partition_key(self, table: str, index: str) -> str | None:
        """Return the name of the partition key of a table or of its index."""

    def bucket_account(self, bucket: str) -> str | None:
        """Return the account that owns a bucket."""

    def secret_arn(self, name: str) -> str | None:
        """Return the ARN of a secret."""

    def key_arn(self, name: str) -> str | None:
        """Return the ARN of the key with an id or alias."""


class MotoInventory:
    """The inventory that moto holds, read from copies or by single look-ups: most of these services have no lock."""

    def partition_key(self, table: str, index: str) -> str | None:
        """Return the name of the partition key of a table or of its index."""
        found: Any = dynamodb_backends[ACCOUNT_ID][REGION].tables.get(table)
        if found is None:
            return None
        if not index:
            return str(found.hash_key_attr)
        schemas = [one.schema for one in (*found.indexes, *found.global_indexes) if one.name == index]
        return next(
            (str(key["AttributeName"]) for schema in schemas for key in schema if key["KeyType"] == "HASH"), None
        )

    def bucket_account(self, bucket: str) -> str | None:
        """Return the account that owns a bucket."""
        return ACCOUNT_ID if bucket in s3_backends[ACCOUNT_ID]["aws"].buckets else None

    def secret_arn(self, name: str) -> str | None:
        """Return the ARN of a secret."""
        secrets: dict[str, Any] = secretsmanager_backends[ACCOUNT_ID][REGION].secrets
        return next((str(one.arn) for one in list(dict.values(secrets)) if one.name == name), None)

    def key_arn(self, name: str) -> str | None:
        """Return the ARN of the key with an id or alias."""
        keys: dict[str, Any] = kms_backends[ACCOUNT_ID][REGION].keys
        return next((str(key.arn) for key in list(keys.values()) if name == key.id or name in key.aliases), None)
