# SPDX-License-Identifier: GPL-3.0-or-later
"""The alarms of a table."""

from __future__ import annotations

from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._data_facts import alarms_of_tables, table_alarms

INDEXES: list[dict[str, Any]] = [{"name": "by-customer", "partition_key": {"name": "customer", "type": "S"}}]
BOTH = {"Read": 12000, "Write": 4000}


def alarms(**options: Any) -> dict[str, Any]:
    given = {"indexes": [], "operations": ["GetItem"], "maximum_units": BOTH, "percent": 80}
    made = table_alarms("shop-dev", "shop-dev-table-", **{**given, **options})
    return {one["name"].removeprefix("shop-dev-table-"): one for one in made}


def test_units_of_a_second_are_counted_for_a_minute() -> None:
    made = alarms()
    assert made["read-capacity"]["threshold"] == 12000 * 60 * 0.8
    assert made["write-capacity"]["threshold"] == 4000 * 60 * 0.8
    assert made["write-capacity"]["metric"] == "ConsumedWriteCapacityUnits"


def test_operations_indexes_and_the_table_have_alarms_of_their_own() -> None:
    made = alarms(indexes=INDEXES, operations=["GetItem", "Query"])
    kinds = ("read-throttles", "write-throttles", "read-capacity", "write-capacity")
    assert set(made) == {"GetItem-errors", "Query-errors", *kinds, *(f"by-customer-{kind}" for kind in kinds)}
    assert made["Query-errors"]["dimensions"] == {"TableName": "shop-dev", "Operation": "Query"}
    assert made["by-customer-read-throttles"]["dimensions"] == {
        "TableName": "shop-dev",
        "GlobalSecondaryIndexName": "by-customer",
    }


def test_nothing_comes_near_a_maximum_that_is_none() -> None:
    assert {name for name in alarms(maximum_units={"Read": 0, "Write": "0"}) if name.endswith("capacity")} == set()


def test_alarms_are_told_apart_by_their_names_and_the_table_that_they_watch() -> None:
    def alarm(name: str, table: str) -> dict[str, object]:
        return {"alarm_name": name, "dimensions": [{"name": "TableName", "value": table}]}

    ours = [alarm("shop-table-a", "shop"), alarm("shop.2-table-b", "shop.2")]
    theirs = [alarm("shop-table-c", "shop-table"), alarm("shop-orders", "shop"), {"alarm_name": "shop-table-d"}]
    assert alarms_of_tables([*ours, *theirs], "shop") == ["shop-table-a", "shop.2-table-b"]
