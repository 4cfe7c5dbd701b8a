# SPDX-License-Identifier: GPL-3.0-or-later
"""The buckets of LocalStack, which has an S3 of its own, for those who ask moto about buckets."""

from __future__ import annotations

import importlib
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from types import ModuleType
from typing import Any

from emulator.authorizer import inventory, resource_policies
from emulator.control_plane.fidelity import access_log
from emulator.settings import ACCOUNT_ID, REGION


@dataclass(frozen=True)
class Bucket:
    """A bucket as moto shows it: `encryption` has a list of rules or one."""

    arn: str
    policy: str | None
    encryption: Mapping[str, Any]


class Buckets(Mapping[str, Bucket]):
    """The buckets of now."""

    def __getitem__(self, name: str) -> Bucket:
        """Return a bucket; raises KeyError."""
        found = _found()[name]
        return Bucket(found.bucket_arn, found.policy, {"Rule": found.encryption_rule or {}})

    def __iter__(self) -> Any:
        """Return the names."""
        return iter(list(_found()))

    def __len__(self) -> int:
        """Return how many there are."""
        return len(_found())


class Backend:
    """What is asked of moto's S3."""

    buckets = Buckets()

    def put_object(self, bucket: str, key: str, content: bytes) -> None:
        """Store an object in the name of a service."""
        connect: Any = importlib.import_module("localstack.aws.connect").connect_to
        connect(region_name=REGION).s3.put_object(Bucket=bucket, Key=key, Body=content)


def install() -> None:
    """Show LocalStack's buckets to whoever looks for policies and keys of buckets."""
    shown = {"aws": Backend()}
    modules: tuple[ModuleType, ...] = (access_log, inventory, resource_policies)
    for module in modules:
        setattr(module, "s3_backends", defaultdict(lambda: shown))  # noqa: B010 - mypy knows the names of modules


def _found() -> dict[str, Any]:
    stores: Any = importlib.import_module("localstack.services.s3.models").s3_stores
    buckets: dict[str, Any] = stores[ACCOUNT_ID][REGION].buckets
    return buckets
