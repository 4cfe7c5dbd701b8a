# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A DynamoDB table as plain data, and as AWS describes it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

Facts = Mapping[str, Any]
ON_DEMAND = "PAY_PER_REQUEST"
PROVISIONED = "PROVISIONED"
NONE = "none"
# What DescribeTable has of a table that is encrypted with a key of KMS, or is about to be.
ENCRYPTED = frozenset({"ENABLED", "ENABLING", "UPDATING"})


@dataclass(frozen=True)
class Key:
    """An attribute of a key; without a name there is none."""

    name: str = ""
    type: str = ""


@dataclass(frozen=True)
class Capacity:
    """What a table or an index can do: units that are provisioned, or the most that are served; 0 for no maximum."""

    read_capacity: int = 0
    write_capacity: int = 0
    max_read_request_units: int = 0
    max_write_request_units: int = 0

    @property
    def provisioned(self) -> dict[str, int]:
        """The units as ProvisionedThroughput."""
        return {"ReadCapacityUnits": self.read_capacity, "WriteCapacityUnits": self.write_capacity}

    @property
    def maximum(self) -> dict[str, int]:
        """The most as OnDemandThroughput, in which -1 removes it."""
        return {
            "MaxReadRequestUnits": self.max_read_request_units or -1,
            "MaxWriteRequestUnits": self.max_write_request_units or -1,
        }


@dataclass(frozen=True)
class Index:
    """A global secondary index."""

    name: str
    partition_key: Key
    sort_key: Key
    projection: str
    non_key_attributes: tuple[str, ...]
    capacity: Capacity

    @property
    def keys(self) -> tuple[Key, ...]:
        """The attributes of its key."""
        return tuple(key for key in (self.partition_key, self.sort_key) if key.name)

    @property
    def shape(self) -> tuple[Any, ...]:
        """What AWS cannot change."""
        return self.partition_key, self.sort_key, self.projection, self.non_key_attributes

    def as_result(self) -> dict[str, Any]:
        """Return it as a task writes it."""
        told = asdict(self)
        capacity = told.pop("capacity")
        return {**told, "non_key_attributes": list(self.non_key_attributes), **capacity}


@dataclass(frozen=True)
class Table:
    """A table with all that protects it; empty when there is none."""

    table_arn: str = ""
    stream_arn: str = ""
    partition_key: Key = Key()
    sort_key: Key = Key()
    indexes: tuple[Index, ...] = ()
    billing_mode: str = ""
    capacity: Capacity = Capacity()
    table_class: str = ""
    kms_key_arn: str = ""
    stream_view_type: str = ""
    ttl_attribute: str = ""
    recovery_period_in_days: int = 0
    deletion_protection: bool = False
    contributor_insights: str = ""
    resource_policy: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def keys(self) -> tuple[Key, ...]:
        """The attributes of the key of the table."""
        return tuple(key for key in (self.partition_key, self.sort_key) if key.name)

    def index(self, name: str) -> Index | None:
        """Return the index of a name."""
        return next((one for one in self.indexes if one.name == name), None)

    def as_result(self) -> dict[str, Any]:
        """Return it as the results of the module."""
        told = asdict(self)
        capacity = told.pop("capacity")
        return {**told, **capacity, "indexes": [one.as_result() for one in self.indexes]}


@dataclass(frozen=True)
class Found:
    """What AWS was asked about a table; DescribeTable's answer is empty when there is none."""

    table: Facts = field(default_factory=dict)
    time_to_live: Facts = field(default_factory=dict)
    recovery: Facts = field(default_factory=dict)
    insights: Facts = field(default_factory=dict)
    policy: str = ""
    tags: Mapping[str, str] = field(default_factory=dict)


def described(found: Found) -> Table:
    """Return a table as AWS describes it; what is on its way there counts as arrived."""
    table = found.table
    if not table:
        return Table()
    types = {one["AttributeName"]: one["AttributeType"] for one in table["AttributeDefinitions"]}
    mode = (table.get("BillingModeSummary") or {}).get("BillingMode") or PROVISIONED
    encryption = table.get("SSEDescription") or {}
    stream = table.get("StreamSpecification") or {}
    return Table(
        table_arn=table["TableArn"],
        stream_arn=(table.get("LatestStreamArn") or "") if stream.get("StreamEnabled") else "",
        **_keys(table["KeySchema"], types),
        indexes=tuple(sorted(_indexes(table, types, mode), key=lambda index: index.name)),
        billing_mode=mode,
        capacity=_capacity(table, mode),
        table_class=(table.get("TableClassSummary") or {}).get("TableClass") or "STANDARD",
        kms_key_arn=encryption.get("KMSMasterKeyArn", "") if encryption.get("Status") in ENCRYPTED else "",
        stream_view_type=stream["StreamViewType"] if stream.get("StreamEnabled") else NONE,
        ttl_attribute=_time_to_live(found.time_to_live),
        recovery_period_in_days=_recovery(found.recovery),
        deletion_protection=bool(table.get("DeletionProtectionEnabled")),
        contributor_insights=_insights(found.insights),
        resource_policy=json.loads(found.policy) if found.policy else {},
        tags=dict(found.tags),
    )


def _keys(schema: Sequence[Facts], types: Mapping[str, str]) -> dict[str, Key]:
    names = {one["KeyType"]: one["AttributeName"] for one in schema}
    keys = {kind: Key(name, types[name]) for kind, name in names.items()}
    return {"partition_key": keys["HASH"], "sort_key": keys.get("RANGE", Key())}


def _indexes(table: Facts, types: Mapping[str, str], mode: str) -> Iterator[Index]:
    for one in table.get("GlobalSecondaryIndexes") or []:
        # One that is being deleted is waited for, like every other change that is on its way.
        if one.get("IndexStatus") == "DELETING":
            continue
        projection = one["Projection"]
        yield Index(
            name=one["IndexName"],
            **_keys(one["KeySchema"], types),
            projection=projection["ProjectionType"],
            non_key_attributes=tuple(sorted(projection.get("NonKeyAttributes") or [])),
            capacity=_capacity(one, mode),
        )


def _capacity(described_by: Facts, mode: str) -> Capacity:
    if mode == PROVISIONED:
        units = described_by.get("ProvisionedThroughput") or {}
        return Capacity(units.get("ReadCapacityUnits", 0), units.get("WriteCapacityUnits", 0))
    most = described_by.get("OnDemandThroughput") or {}
    reads, writes = (most.get(name) or 0 for name in ("MaxReadRequestUnits", "MaxWriteRequestUnits"))
    return Capacity(max_read_request_units=max(reads, 0), max_write_request_units=max(writes, 0))


def _time_to_live(found: Facts) -> str:
    return str(found.get("AttributeName", "")) if found.get("TimeToLiveStatus") in ("ENABLED", "ENABLING") else ""


def _recovery(found: Facts) -> int:
    recovery = found.get("PointInTimeRecoveryDescription") or {}
    enabled = recovery.get("PointInTimeRecoveryStatus") == "ENABLED"
    # Before periods could be chosen, all were of 35 days.
    return int(recovery.get("RecoveryPeriodInDays", 35)) if enabled else 0


def _insights(found: Facts) -> str:
    if found.get("ContributorInsightsStatus") not in ("ENABLED", "ENABLING"):
        return NONE
    return str(found.get("ContributorInsightsMode") or "ACCESSED_AND_THROTTLED_KEYS")
