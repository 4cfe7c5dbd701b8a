# SPDX-License-Identifier: GPL-3.0-or-later
"""The data of a stack on an embedded AWS: run by playbooks, and asked of AWS."""

from __future__ import annotations

import json
import re
from functools import cached_property
from typing import Any

from tests.e2e.site import STACK, Site

ACCOUNT = "123456789012"
TABLE = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/{STACK}"


class Data:
    """What AWS says of the table of the stack, of its backups and of its alarms."""

    def __init__(self, site: Site) -> None:
        self.site = site

    @cached_property
    def dynamodb(self) -> Any:
        return self.site.client("dynamodb")

    @cached_property
    def backup(self) -> Any:
        return self.site.client("backup")

    @cached_property
    def cloudwatch(self) -> Any:
        return self.site.client("cloudwatch")

    def run(self, *arguments: str, **inputs: Any) -> int:
        """Run the role and return how many tasks changed something."""
        said = self.site.playbook("--tags", "data", *arguments, "-e", json.dumps(inputs))
        (changed,) = re.findall(r"changed=(\d+)", said)
        return int(changed)

    def refusal(self, **inputs: Any) -> str:
        """Run the role with inputs that it refuses before it changes anything, and return what it says."""
        inventory = ("ansible-playbook", "-i", "inventories/local", "site.yml")
        done = self.site.run(*inventory, "--tags", "data", "-e", json.dumps(inputs))
        assert done.returncode == 2, done.stdout[-3000:]
        assert "changed=0" in done.stdout
        return " ".join(done.stdout.split())

    @property
    def table(self) -> Any:
        return self.dynamodb.describe_table(TableName=STACK)["Table"]

    @property
    def plan(self) -> Any:
        (found,) = self.backup.list_backup_plans()["BackupPlansList"]
        return self.backup.get_backup_plan(BackupPlanId=found["BackupPlanId"])

    @property
    def selections(self) -> list[Any]:
        plan = {"BackupPlanId": self.plan["BackupPlanId"]}
        found = self.backup.list_backup_selections(**plan)["BackupSelectionsList"]
        return [self.backup.get_backup_selection(**plan, SelectionId=one["SelectionId"]) for one in found]

    @property
    def alarms(self) -> dict[str, Any]:
        found = self.cloudwatch.describe_alarms(AlarmNamePrefix=f"{STACK}-table-")["MetricAlarms"]
        return {one["AlarmName"].removeprefix(f"{STACK}-table-"): one for one in found}

    def state(self) -> Any:
        """Return all that the role keeps, as it can be compared."""
        table = {**self.table, "ItemCount": 0}
        recovery = self.dynamodb.describe_continuous_backups(TableName=STACK)["ContinuousBackupsDescription"]
        return [
            {key: value for key, value in table.items() if key not in ("CreationDateTime", "LatestStreamLabel")},
            self.dynamodb.describe_time_to_live(TableName=STACK)["TimeToLiveDescription"],
            recovery["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"],
            json.loads(self.dynamodb.get_resource_policy(ResourceArn=TABLE)["Policy"]),
            self.dynamodb.list_tags_of_resource(ResourceArn=TABLE)["Tags"],
            [{**one, "RuleId": ""} for one in self.plan["BackupPlan"]["Rules"]],
            [one["BackupSelection"] for one in self.selections],
            {name: (one["MetricName"], one["Threshold"], one["AlarmActions"]) for name, one in self.alarms.items()},
        ]
