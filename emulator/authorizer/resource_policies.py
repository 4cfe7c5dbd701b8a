# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of resources, and who owns a resource."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

from moto.dynamodb.models import dynamodb_backends
from moto.ecr.models import ecr_backends
from moto.kms.models import kms_backends
from moto.s3.models import s3_backends
from moto.secretsmanager.models import secretsmanager_backends
from moto.sns.models import sns_backends
from moto.sqs.models import sqs_backends

from emulator.settings import ACCOUNT_ID, REGION


class ResourcePolicies(Protocol):
    """Finds the policy of a resource."""

    def of(self, arn: str) -> str | None:
        """Return the policy of a resource of the account, as text; nothing if it has none."""


class MotoResourcePolicies:
    """The policies that moto holds, each read by a look-up: most of these services have no lock."""

    def __init__(self, trust: Callable[[str], str | None]) -> None:
        """Take where the trust policies of roles come from."""
        self._trust = trust

    def of(self, arn: str) -> str | None:
        """Return the policy of a resource of the account, as text; nothing if it has none."""
        parts = arn.split(":", 5)
        if len(parts) < 6 or parts[4] not in {"", ACCOUNT_ID} or parts[3] not in {"", REGION}:
            return None
        if parts[2] == "iam":
            return self._trust(arn)
        reader = READERS.get(parts[2])
        found = reader(arn, parts[5]) if reader else None
        return found.decode() if isinstance(found, bytes) else found or None


def _table(arn: str, name: str) -> str | None:
    """Return the policy of a table, which is that of its indexes, too, or of a stream."""
    table = arn.partition("/index/")[0]
    found = dynamodb_backends[ACCOUNT_ID][REGION].resource_policies.get(table)
    # moto keeps the policy of a table that is gone.
    known = table.split("/")[1:2]
    return found.policy_doc if found and known and known[0] in dynamodb_backends[ACCOUNT_ID][REGION].tables else None


def _bucket(arn: str, name: str) -> Any:
    bucket = s3_backends[ACCOUNT_ID]["aws"].buckets.get(name.partition("/")[0])
    return bucket.policy if bucket else None


def _key(arn: str, name: str) -> Any:
    key = kms_backends[ACCOUNT_ID][REGION].keys.get(name.removeprefix("key/"))
    return key.policy if key else None


def _queue(arn: str, name: str) -> Any:
    queue = sqs_backends[ACCOUNT_ID][REGION].queues.get(name)
    return queue.policy if queue else None


def _topic(arn: str, name: str) -> Any:
    topic = sns_backends[ACCOUNT_ID][REGION].topics.get(arn)
    return topic.policy if topic else None


def _secret(arn: str, name: str) -> Any:
    secrets: dict[str, Any] = secretsmanager_backends[ACCOUNT_ID][REGION].secrets
    return next((one.policy for one in list(dict.values(secrets)) if one.arn == arn), None)


def _repository(arn: str, name: str) -> Any:
    repository = ecr_backends[ACCOUNT_ID][REGION].repositories.get(name.removeprefix("repository/"))
    return repository.policy if repository else None


READERS: Mapping[str, Callable[[str, str], Any]] = {
    "dynamodb": _table,
    "ecr": _repository,
    "kms": _key,
    "s3": _bucket,
    "secretsmanager": _secret,
    "sns": _topic,
    "sqs": _queue,
}
