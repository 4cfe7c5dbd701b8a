# SPDX-License-Identifier: GPL-3.0-or-later
"""What has to be looked up to say which resource a request means, and which key encrypts it."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Callable, Mapping
from typing import Any, Protocol

from moto.dynamodb.models import dynamodb_backends
from moto.ecr.models import ecr_backends
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends
from moto.kms.utils import KEY_ID_LEN
from moto.logs.models import logs_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends
from moto.ssm.models import ssm_backends

from emulator.authorizer import ec2_associations, resource_tags, task_roles
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

    def ciphertext_key(self, ciphertext: str) -> str | None:
        """Return the ARN of the key that made a ciphertext, given as the API does."""

    def customer_key(self, name: str) -> str | None:
        """Return the ARN of the key with an id, alias or ARN, unless AWS manages it."""

    def encryption_key(self, arn: str) -> str | None:
        """Return the ARN of the key that encrypts a resource, unless AWS manages it."""

    def role_arn(self, name: str) -> str | None:
        """Return the ARN of a role."""

    def role_boundary(self, name: str) -> str | None:
        """Return the ARN of the permissions boundary of a role."""

    def associated(self, association: str) -> tuple[str, ...]:
        """Return the ids of what EC2 has associated with each other."""

    def task_roles(self, definition: str) -> tuple[str, ...]:
        """Return the ARNs of the roles that a task definition names."""

    def tags(self, arn: str) -> Mapping[str, str]:
        """Return the tags of a resource that only tags tell apart."""


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

    def ciphertext_key(self, ciphertext: str) -> str | None:
        """Return the ARN of the key that made a ciphertext: moto writes its id first."""
        with contextlib.suppress(ValueError, UnicodeDecodeError):
            return self.key_arn(base64.b64decode(ciphertext)[:KEY_ID_LEN].decode())
        return None

    def customer_key(self, name: str) -> str | None:
        """Return the ARN of the key with an id, alias or ARN, unless AWS manages it."""
        last = name.rpartition(":key/")[2] if ":key/" in name else name.rpartition(":")[2]
        keys: dict[str, Any] = kms_backends[ACCOUNT_ID][REGION].keys
        found = next((key for key in list(keys.values()) if last == key.id or last in key.aliases), None)
        if found is None:
            # That of another account is named by its ARN; one that is not there is for the service to refuse.
            return name if ":key/" in name and f":{ACCOUNT_ID}:" not in name else None
        return None if any(alias.startswith("alias/aws/") for alias in found.aliases) else str(found.arn)

    def encryption_key(self, arn: str) -> str | None:
        """Return the ARN of the key that encrypts a resource, unless AWS manages it."""
        parts = arn.split(":", 5)
        reader = ENCRYPTED.get(parts[2]) if len(parts) == 6 and parts[4] in {"", ACCOUNT_ID} else None
        name = reader(arn, parts[5]) if reader else None
        return self.customer_key(name) if name else None

    def role_arn(self, name: str) -> str | None:
        """Return the ARN of a role."""
        role = _role(name)
        return str(role.arn) if role else None

    def role_boundary(self, name: str) -> str | None:
        """Return the ARN of the permissions boundary of a role."""
        role = _role(name)
        return role.permissions_boundary_arn if role else None

    def associated(self, association: str) -> tuple[str, ...]:
        """Return the ids of what EC2 has associated with each other."""
        return ec2_associations.of(association)

    def task_roles(self, definition: str) -> tuple[str, ...]:
        """Return the ARNs of the roles that a task definition names."""
        return task_roles.of(definition)

    def tags(self, arn: str) -> Mapping[str, str]:
        """Return the tags of a resource that only tags tell apart."""
        return resource_tags.of(arn)


def _role(name: str) -> Any:
    return next((role for role in list(iam_backends[ACCOUNT_ID]["aws"].roles.values()) if role.name == name), None)


def _table_key(arn: str, name: str) -> str | None:
    table: Any = dynamodb_backends[ACCOUNT_ID][REGION].tables.get(name.split("/")[1] if "/" in name else "")
    encryption = (table.sse_specification if table else None) or {}
    return encryption.get("KMSMasterKeyId") if encryption.get("Enabled") else None


def _repository_key(arn: str, name: str) -> str | None:
    repository: Any = ecr_backends[ACCOUNT_ID][REGION].repositories.get(name.removeprefix("repository/"))
    return (repository.encryption_configuration or {}).get("kmsKey") if repository else None


def _log_group_key(arn: str, name: str) -> str | None:
    group = name.removeprefix("log-group:").partition(":log-stream:")[0]
    found: Any = logs_backends[ACCOUNT_ID][REGION].groups.get(group)
    return found.kms_key_id if found else None


def _bucket_key(arn: str, name: str) -> str | None:
    """Return the default key of a bucket, by which its objects are encrypted unless they say otherwise."""
    bucket: Any = s3_backends[ACCOUNT_ID]["aws"].buckets.get(name.partition("/")[0])
    rule = ((bucket.encryption if bucket else None) or {}).get("Rule") or {}
    applied = (rule[0] if isinstance(rule, list) else rule).get("ApplyServerSideEncryptionByDefault", {})
    return applied.get("KMSMasterKeyID") if applied.get("SSEAlgorithm", "").startswith("aws:kms") else None


def _secret_key(arn: str, name: str) -> str | None:
    secrets: dict[str, Any] = secretsmanager_backends[ACCOUNT_ID][REGION].secrets
    return next((one.kms_key_id for one in list(dict.values(secrets)) if one.arn == arn), None)


def _topic_key(arn: str, name: str) -> str | None:
    topic: Any = sns_backends[ACCOUNT_ID][REGION].topics.get(arn)
    return topic.kms_master_key_id if topic else None


def _queue_key(arn: str, name: str) -> str | None:
    queue: Any = sqs_backends[ACCOUNT_ID][REGION].queues.get(name)
    return queue.kms_master_key_id if queue else None


def _parameter_key(arn: str, name: str) -> str | None:
    """Return a parameter's key; its name may or may not begin with a slash."""
    short = name.removeprefix("parameter/")
    backend: Any = ssm_backends[ACCOUNT_ID][REGION]
    found = backend._parameters.get(short) or backend._parameters.get(f"/{short}")
    return found[-1].keyid if found and found[-1].parameter_type == "SecureString" else None


ENCRYPTED: Mapping[str, Callable[[str, str], str | None]] = {
    "dynamodb": _table_key,
    "ecr": _repository_key,
    "logs": _log_group_key,
    "s3": _bucket_key,
    "secretsmanager": _secret_key,
    "sns": _topic_key,
    "sqs": _queue_key,
    "ssm": _parameter_key,
}
