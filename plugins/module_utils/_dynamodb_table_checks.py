# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What cannot be asked of a DynamoDB table, and why, before anything is written."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table import PROVISIONED, Index, Key, Table
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/ServiceQuotas.html
INDEX_LIMIT = 20
PROJECTED_LIMIT = 100
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_Projection.html
PROJECTED_PER_INDEX = 20
NAME = re.compile(r"[a-zA-Z0-9_.-]{3,255}")
KEY_ARN = re.compile(r"arn:[\w-]+:kms:[\w-]+:\d{12}:key/.+")
# In these the table answers nobody, and nothing can be changed.
# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_TableDescription.html
UNUSABLE = {
    "INACCESSIBLE_ENCRYPTION_CREDENTIALS": "DynamoDB cannot use its key. Enable the key, or cancel its deletion",
    "ARCHIVING": "for seven days its key could not be used. Restore it from the backup that AWS takes",
    "ARCHIVED": "for seven days its key could not be used. Restore it from the backup that AWS has taken",
}


def check_present(name: str, before: Table, after: Table, params: Mapping[str, Any]) -> None:
    """Raise PlanError with everything that is wrong with a table that is wanted."""
    problems = [*_name_problems(name, params), *_index_problems(after), *_key_problems(after)]
    problems += [*_capacity_problems(after), *_other_problems(after), *_time_to_live_problems(after)]
    problems += [*_immutable_problems(name, before, after)]
    if problems:
        raise PlanError(" ".join(problems))


def check_usable(name: str, status: str) -> None:
    """Raise PlanError when a table is in a state in which nothing can be changed."""
    if status in UNUSABLE:
        raise PlanError(f"Table {name} is {status}: {UNUSABLE[status]}. Nothing was changed.")


def _name_problems(name: str, params: Mapping[str, Any]) -> Iterator[str]:
    numbered = enumerate(params["indexes"], start=1)
    names = {"name": name} | {f"the name of index {number}": one["name"] for number, one in numbered}
    for what, value in names.items():
        if not NAME.fullmatch(value):
            yield f"{what} is {value!r}; expected 3 to 255 letters, digits, '_', '-' and '.'."
    given = [one["name"] for one in params["indexes"]]
    for repeated in sorted({one for one in given if given.count(one) > 1}):
        yield f"indexes has {repeated} more than once; expected one of each name."


def _index_problems(after: Table) -> Iterator[str]:
    if len(after.indexes) > INDEX_LIMIT:
        yield f"indexes has {len(after.indexes)}; DynamoDB takes at most {INDEX_LIMIT} for a table. Remove some."
    projected = sum(len(one.non_key_attributes) for one in after.indexes)
    if projected > PROJECTED_LIMIT:
        yield (
            f"The indexes project {projected} non_key_attributes together; DynamoDB takes at most {PROJECTED_LIMIT}. "
            "Use projection ALL where many are needed."
        )
    for index in after.indexes:
        yield from _projection_problems(index)


def _projection_problems(index: Index) -> Iterator[str]:
    attributes = index.non_key_attributes
    if (index.projection == "INCLUDE") != bool(attributes):
        yield (
            f"Index {index.name} has projection {index.projection} and {len(attributes)} non_key_attributes; expected "
            "some with INCLUDE, and none with ALL or KEYS_ONLY."
        )
    if len(attributes) > PROJECTED_PER_INDEX:
        yield f"Index {index.name} has {len(attributes)} non_key_attributes; expected at most {PROJECTED_PER_INDEX}."


def _key_problems(after: Table) -> Iterator[str]:
    owners = {"the table": after.keys} | {f"index {one.name}": one.keys for one in after.indexes}
    types: dict[str, tuple[str, str]] = {}
    for owner, keys in owners.items():
        if len({key.name for key in keys}) < len(keys):
            yield f"partition_key and sort_key of {owner} are both {keys[0].name}; expected two attributes."
        for key in keys:
            first, known = types.setdefault(key.name, (owner, key.type))
            if known != key.type:
                yield (
                    f"Attribute {key.name} has type {known} in {first} and {key.type} in {owner}; an attribute that is "
                    "part of a key has one type."
                )
            if not 1 <= len(key.name.encode()) <= 255:
                yield f"An attribute of the key of {owner} has a name of {len(key.name)} bytes; expected 1 to 255."


def _capacity_problems(after: Table) -> Iterator[str]:
    owners = {"The table": after.capacity} | {f"Index {one.name}": one.capacity for one in after.indexes}
    for owner, capacity in owners.items():
        provisioned = (capacity.read_capacity, capacity.write_capacity)
        maximum = (capacity.max_read_request_units, capacity.max_write_request_units)
        if min(*provisioned, *maximum) < 0:
            yield f"{owner} has a capacity below 0; expected 0 or more."
        if after.billing_mode == PROVISIONED and (0 in provisioned or any(maximum)):
            yield (
                f"{owner} has billing_mode PROVISIONED with read_capacity {provisioned[0]}, write_capacity "
                f"{provisioned[1]}, max_read_request_units {maximum[0]} and max_write_request_units {maximum[1]}; "
                "expected 1 or more of the first two, and none of the others."
            )
        if after.billing_mode != PROVISIONED and any(provisioned):
            yield (
                f"{owner} has billing_mode {after.billing_mode} with read_capacity {provisioned[0]} and write_capacity "
                f"{provisioned[1]}; expected neither. max_read_request_units and max_write_request_units limit it."
            )


def _other_problems(after: Table) -> Iterator[str]:
    if not 0 <= after.recovery_period_in_days <= 35:
        yield (
            f"recovery_period_in_days is {after.recovery_period_in_days}; expected 1 to 35, or 0 for no recovery to a "
            "point in time."
        )
    if after.kms_key_arn and not KEY_ARN.fullmatch(after.kms_key_arn):
        yield (
            f"kms_key_arn is {after.kms_key_arn}; expected the ARN of a key, such as "
            "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678, and no alias: AWS tells "
            "a table's key by its ARN."
        )


def _time_to_live_problems(after: Table) -> Iterator[str]:
    attribute = after.ttl_attribute
    if attribute and attribute in {key.name for key in after.keys}:
        yield f"ttl_attribute is {attribute}, which is part of the table's key; expected an attribute that is not."
    for index in after.indexes:
        if Key(attribute, "S") in index.keys or Key(attribute, "B") in index.keys:
            yield (
                f"ttl_attribute is {attribute}, which is no number in index {index.name}, so that no item would ever "
                "expire; expected type N."
            )


def _immutable_problems(name: str, before: Table, after: Table) -> Iterator[str]:
    if before.table_arn and before.keys != after.keys:
        yield (
            f"Table {name} has the key {_spelled(before.keys)}, and {_spelled(after.keys)} is wanted. AWS cannot "
            "change the key of a table, and this module replaces none, because the data would be lost. Set "
            "partition_key and sort_key to what they were; or make a table of another name, copy the items, and have "
            "the application use it."
        )
    for index in after.indexes:
        existing = before.index(index.name)
        if existing and existing.shape != index.shape:
            yield (
                f"Index {index.name} of table {name} has {_shape(existing)}, and {_shape(index)} is wanted. AWS cannot "
                "change that, and without the index queries would fail until another one is filled. Add an index of "
                "another name, have the application use it, and remove this one after."
            )


def _spelled(keys: tuple[Key, ...]) -> str:
    return ", ".join(f"{key.name} ({key.type})" for key in keys)


def _shape(index: Index) -> str:
    projected = f" {', '.join(index.non_key_attributes)}" if index.non_key_attributes else ""
    return f"key {_spelled(index.keys)} and projection {index.projection}{projected}"
