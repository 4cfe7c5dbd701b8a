# SPDX-License-Identifier: GPL-3.0-or-later
"""All that protects a table, as two tables can be compared by it: without names, ids and times of their own."""

from __future__ import annotations

import json
from typing import Any

from tests.e2e.site import STACK, Site

# What AWS tells of a table besides its settings. It warms tables as they are used.
OF_ITS_OWN = {
    *("TableName", "TableArn", "TableId", "CreationDateTime", "ItemCount", "TableSizeBytes", "RestoreSummary"),
    *("WarmThroughput", "LatestStreamArn", "LatestStreamLabel", "ProvisionedThroughput", "GlobalSecondaryIndexes"),
}
# AWS leaves out what nobody ever set.
UNLESS_SET = {"TableClassSummary": {"TableClass": "STANDARD"}, "StreamSpecification": {"StreamEnabled": False}}
OF_AN_INDEX = {"IndexName", "KeySchema", "Projection", "IndexStatus", "OnDemandThroughput"}
OF_AN_ALARM = {"AlarmArn", "StateUpdatedTimestamp", "AlarmConfigurationUpdatedTimestamp", "StateTransitionedTimestamp"}
# What a restore leaves on the tables itself.
MARKS = {"palisade:replaced-by", "palisade:replaced-at", "palisade:rehearsed-at"}


def protection_of(site: Site, table: str) -> dict[str, Any]:
    """Return what protects a table, by kinds."""
    found = {
        **_settings(site, table),
        "alarms": _alarms(site, table),
        "backups": _backups(site, table),
        "scaling": _scaling(site, table),
    }
    # The name of the first table is that of the stack, and stands in that of all others.
    return dict(json.loads(json.dumps(found, default=str).replace(table, STACK)))


def _settings(site: Site, name: str) -> dict[str, Any]:
    client = site.client("dynamodb")
    table = client.describe_table(TableName=name)["Table"]
    arn = table["TableArn"]
    recovery = client.describe_continuous_backups(TableName=name)["ContinuousBackupsDescription"]
    period = recovery["PointInTimeRecoveryDescription"]
    tags = {tag["Key"]: tag["Value"] for tag in client.list_tags_of_resource(ResourceArn=arn)["Tags"]}
    indexes = table.get("GlobalSecondaryIndexes", [])
    return {
        "table": {what: value for what, value in (UNLESS_SET | table).items() if what not in OF_ITS_OWN},
        "units": _units(table),
        "indexes": [{**{k: one[k] for k in OF_AN_INDEX & one.keys()}, "units": _units(one)} for one in indexes],
        "recovery": [period["PointInTimeRecoveryStatus"], period.get("RecoveryPeriodInDays")],
        "time to live": client.describe_time_to_live(TableName=name)["TimeToLiveDescription"],
        "insights": [
            _insights(client.describe_contributor_insights(TableName=name, **index))
            for index in ({}, *({"IndexName": one["IndexName"]} for one in indexes))
        ],
        "policy": json.loads(client.get_resource_policy(ResourceArn=arn)["Policy"]),
        "tags": {key: value for key, value in tags.items() if key not in MARKS},
    }


def _insights(told: dict[str, Any]) -> list[Any]:
    return [told.get("ContributorInsightsStatus"), told.get("ContributorInsightsMode")]


def _units(owner: dict[str, Any]) -> list[int]:
    return [owner["ProvisionedThroughput"][f"{kind}CapacityUnits"] for kind in ("Read", "Write")]


def _alarms(site: Site, table: str) -> list[Any]:
    found = site.client("cloudwatch").describe_alarms(AlarmNamePrefix=f"{table}-table-")["MetricAlarms"]
    return [{what: value for what, value in one.items() if what not in OF_AN_ALARM} for one in found]


def _backups(site: Site, table: str) -> list[Any]:
    """Return rules and selections of the plans of the table's name."""
    client = site.client("backup")
    found = []
    for plan in client.list_backup_plans()["BackupPlansList"]:
        if plan["BackupPlanName"] == table:
            by_id = {"BackupPlanId": plan["BackupPlanId"]}
            document = client.get_backup_plan(**by_id)["BackupPlan"]
            selections = client.list_backup_selections(**by_id)["BackupSelectionsList"]
            found.append(
                [
                    [{**rule, "RuleId": ""} for rule in document["Rules"]],
                    [
                        client.get_backup_selection(**by_id, SelectionId=one["SelectionId"])["BackupSelection"]
                        for one in selections
                    ],
                    client.list_tags(ResourceArn=plan["BackupPlanArn"])["Tags"],
                ]
            )
    return found


def _scaling(site: Site, table: str) -> list[Any]:
    found = site.client("application-autoscaling").describe_scalable_targets(ServiceNamespace="dynamodb")
    kept = ("ResourceId", "ScalableDimension", "MinCapacity", "MaxCapacity")
    ids = (f"table/{table}", f"table/{table}/")
    return [
        {what: one[what] for what in kept}
        for one in found["ScalableTargets"]
        if one["ResourceId"] == ids[0] or one["ResourceId"].startswith(ids[1])
    ]
