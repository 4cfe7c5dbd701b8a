# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A DynamoDB table as a task wants it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict

from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table import (
    PROVISIONED,
    Capacity,
    Facts,
    Index,
    Key,
    Table,
)
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import parse


def wanted(params: Facts, before: Table) -> Table:
    """Return the table that a task asks for; what it leaves to others is as it was. Raises PolicyError."""
    mode = params["billing_mode"]
    # Application Auto Scaling changes what a task has begun with, as long as there is something to change.
    delegated = bool(params["capacity_delegated"] and mode == PROVISIONED == before.billing_mode)
    own = _wanted_capacity(params, Capacity())
    tags = {**({} if params["purge_tags"] else before.tags), **_of_aws(before.tags), **params["tags"]}
    return Table(
        table_arn=before.table_arn,
        stream_arn=before.stream_arn if params["stream_view_type"] == before.stream_view_type else "",
        partition_key=_wanted_key(params["partition_key"]),
        sort_key=_wanted_key(params["sort_key"]),
        indexes=tuple(
            sorted(
                (_wanted_index(one, own, before if delegated else Table()) for one in params["indexes"]),
                key=lambda index: index.name,
            )
        ),
        billing_mode=mode,
        capacity=before.capacity if delegated else own,
        table_class=params["table_class"],
        kms_key_arn=params["kms_key_arn"],
        stream_view_type=params["stream_view_type"],
        ttl_attribute=params["ttl_attribute"],
        recovery_period_in_days=params["recovery_period_in_days"],
        deletion_protection=params["deletion_protection"],
        contributor_insights=params["contributor_insights"],
        resource_policy=parse(params["resource_policy"]) if params["resource_policy"] else {},
        tags=tags,
    )


def _of_aws(tags: Mapping[str, str]) -> dict[str, str]:
    """Return the tags that only AWS sets and removes, as CloudFormation's and AWS Backup's."""
    return {key: value for key, value in tags.items() if key.startswith("aws:")}


def _wanted_key(given: Facts | None) -> Key:
    return Key(given["name"], given["type"]) if given else Key()


def _wanted_capacity(given: Facts, otherwise: Capacity) -> Capacity:
    return Capacity(
        **{name: getattr(otherwise, name) if given[name] is None else given[name] for name in asdict(otherwise)}
    )


def _wanted_index(given: Facts, capacity: Capacity, before: Table) -> Index:
    existing = before.index(given["name"])
    return Index(
        name=given["name"],
        partition_key=_wanted_key(given["partition_key"]),
        sort_key=_wanted_key(given["sort_key"]),
        projection=given["projection"],
        non_key_attributes=tuple(sorted(given["non_key_attributes"])),
        capacity=existing.capacity if existing else _wanted_capacity(given, capacity),
    )
