# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Form what the tasks of the role data loop over: pure functions over plain data."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

PERIOD = 60
Alarm = dict[str, Any]


def table_alarms(
    table: str,
    prefix: str,
    indexes: Sequence[Mapping[str, Any]],
    operations: Sequence[str],
    maximum_units: Mapping[str, int],
    percent: int,
) -> list[Alarm]:
    """Return the alarms of a table and its indexes, each with name, description, metric, dimensions and threshold.

    The maximum is of units per second, for Read and Write, and the threshold one of a minute. Without a maximum there
    is no alarm for coming near it. The metrics and their dimensions:
    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/metrics-dimensions.html
    """
    limits = {kind: int(units) * PERIOD * int(percent) / 100 for kind, units in maximum_units.items() if int(units)}
    failures = [_failures(table, prefix, operation) for operation in operations]
    owners = [("", {"TableName": table})]
    owners += [(f"{one['name']}-", {"TableName": table, "GlobalSecondaryIndexName": one["name"]}) for one in indexes]
    return [*failures, *(alarm for owner in owners for alarm in _of_capacity(*owner, prefix, limits, int(percent)))]


def _failures(table: str, prefix: str, operation: str) -> Alarm:
    return {
        "name": f"{prefix}{operation}-errors",
        "description": f"DynamoDB fails {operation} on its own side",
        "metric": "SystemErrors",
        "dimensions": {"TableName": table, "Operation": operation},
        "threshold": 1,
    }


def _of_capacity(
    owner: str, dimensions: Mapping[str, str], prefix: str, limits: Mapping[str, float], percent: int
) -> Iterator[Alarm]:
    place = f"index {dimensions['GlobalSecondaryIndexName']} of " if owner else ""
    table = f"{place}table {dimensions['TableName']}"
    for kind in ("Read", "Write"):
        yield {
            "name": f"{prefix}{owner}{kind.lower()}-throttles",
            "description": f"DynamoDB refuses to {kind.lower()} as much as is asked of {table}",
            "metric": f"{kind}ThrottleEvents",
            "dimensions": dict(dimensions),
            "threshold": 1,
        }
    for kind, limit in limits.items():
        yield {
            "name": f"{prefix}{owner}{kind.lower()}-capacity",
            "description": f"{percent} percent of the most {kind.lower()} units of {table} are used",
            "metric": f"Consumed{kind}CapacityUnits",
            "dimensions": dict(dimensions),
            "threshold": limit,
        }


def alarms_of_tables(alarms: Sequence[Mapping[str, Any]], stack: str) -> list[str]:
    """Return the names of this role's alarms that watch a table of the stack, of whichever generation.

    Somebody may watch a table of the stack with an alarm of their own, and the name of another stack may begin alike.
    """
    return [
        alarm["alarm_name"]
        for alarm in alarms
        for dimension in alarm.get("dimensions") or []
        # No name of another stack has a dot.
        if dimension["name"] == "TableName"
        and dimension["value"].partition(".")[0] == stack
        and alarm["alarm_name"].startswith(f"{dimension['value']}-table-")
    ]
