# SPDX-License-Identifier: GPL-3.0-or-later
"""Restores of the site's table: who writes meanwhile, what came of it, and the way back."""

from __future__ import annotations

import json
import subprocess
import threading
import urllib.error
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from http import HTTPStatus
from typing import Any

from tests.e2e.site import STACK, Site

COPY = f"{STACK}.1"
MOST_PRODUCTS = 100_000
PRODUCT = {"name": "Written meanwhile", "price_cents": 1, "stock": 1}
STORAGE_UNAVAILABLE = b"urn:problem-type:storefront:storage-unavailable"
SLOW = ("ReadTimeoutError(", "ConnectTimeoutError(")


@dataclass
class Writer:
    """A client that adds one product after the other.

    `written` are those that the site said it has, and when it did. It does not know of those in `unsure`, because
    DynamoDB was slower than the application's patience; any other failure is raised.
    """

    site: Site
    name: str
    written: dict[str, datetime] = field(default_factory=dict)
    unsure: list[str] = field(default_factory=list)
    _enough: threading.Event = field(default_factory=threading.Event)

    def write(self) -> None:
        """Add products until it is enough."""
        for number in range(MOST_PRODUCTS):
            # A pace that leaves the machine to the restore.
            if self._enough.wait(0.1):
                return
            product = f"{self.name}-{number}"
            try:
                self.site.request("api/products", "POST", PRODUCT | {"id": product})
                self.written[product] = datetime.now(UTC)
            except urllib.error.HTTPError as error:
                # The load balancer has a 503 of its own, for which there is no excuse.
                if error.code != HTTPStatus.SERVICE_UNAVAILABLE or STORAGE_UNAVAILABLE not in error.read():
                    raise
                self.unsure.append(product)

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Write while a block runs; a write that failed is raised at its end."""
        with ThreadPoolExecutor(1) as pool:
            done = pool.submit(self.write)
            try:
                yield
            finally:
                self._enough.set()
        done.result()


@dataclass(frozen=True)
class Restoring:
    """The restores of a site whose inventory says nothing of a generation."""

    site: Site
    since: datetime = field(default_factory=lambda: datetime.now(UTC))

    def run(self, *arguments: str, **inputs: Any) -> subprocess.CompletedProcess[str]:
        """Run the playbook with inputs."""
        return self._run("playbooks/restore.yml", *arguments, "-e", json.dumps({"restore_time": "latest", **inputs}))

    def ended_before(self, task: str, **inputs: Any) -> None:
        """Run the playbook until it comes to a task, and have it end there as if its machine had."""
        given = json.dumps({"restore_time": "latest", **inputs})
        self.site.playbook_ended_before(task, "-e", given, playbook="playbooks/restore.yml")

    def deployed(self, generation: int) -> str:
        """Run site.yml with an inventory that names a generation; return all that it said."""
        path = self.site.run_dir / f"generation-{generation}.yml"
        variables = {"palisade_table_generation": generation}
        path.write_text(json.dumps({"all": {"hosts": {"localhost": {}}, "vars": variables}}), encoding="utf-8")
        done = self._run("site.yml", "-i", str(path))
        return done.stdout

    def _run(self, playbook: str, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        return self.site.run("ansible-playbook", "-i", "inventories/local", playbook, *arguments, **variables)

    @property
    def report(self) -> Any:
        """What the last restore says of itself."""
        return json.loads((self.site.run_dir / "restore.json").read_text(encoding="utf-8"))

    def items(self, table: str) -> dict[str, Any]:
        """Return the products and orders of a table by their ids."""
        pages = self.site.client("dynamodb").get_paginator("scan").paginate(TableName=table, ConsistentRead=True)
        items = [item for page in pages for item in page["Items"]]
        products = {item["sk"]["S"].removeprefix("PRODUCT#"): item for item in items if item["pk"]["S"] == "PRODUCTS"}
        return products | {item["pk"]["S"]: item for item in items if item["sk"]["S"] == "ORDER"}

    def table(self, name: str) -> Any:
        """Return what AWS says of a table."""
        return self.site.client("dynamodb").describe_table(TableName=name)["Table"]

    def tags(self, name: str) -> dict[str, str]:
        """Return the tags of a table."""
        found = self.site.client("dynamodb").list_tags_of_resource(ResourceArn=self.table(name)["TableArn"])["Tags"]
        return {tag["Key"]: tag["Value"] for tag in found}

    def granted(self) -> set[str]:
        """Return the tables that any policy of role or endpoint lets tasks use."""
        iam, ec2 = self.site.client("iam"), self.site.client("ec2")
        arn = f"arn:aws:iam::123456789012:policy/{STACK}-eu-central-1-task"
        version = iam.get_policy(PolicyArn=arn)["Policy"]["DefaultVersionId"]
        document = iam.get_policy_version(PolicyArn=arn, VersionId=version)["PolicyVersion"]["Document"]
        endpoints = [json.loads(one["PolicyDocument"]) for one in ec2.describe_vpc_endpoints()["VpcEndpoints"]]
        statements = [one for found in (document, *endpoints) for one in found["Statement"]]
        resources = [one["Resource"] for one in statements if "dynamodb:GetItem" in one["Action"]]
        lists = [[found] if isinstance(found, str) else found for found in resources]
        return {table.rpartition("/")[2] for found in lists for table in found}

    def denied(self) -> list[Any]:
        """Return the calls of tasks to a table of the stack that a policy was against."""
        role = f"arn:aws:iam::123456789012:role/{STACK}-eu-central-1-task"
        return [
            one
            for one in self.site.ask("journal")
            if one["who"] == role and one["denied_by"] and one["resource"].rpartition("/")[2] in (STACK, COPY)
        ]

    def unexcused(self) -> list[str]:
        """Return what made the storage unavailable to tasks, besides a DynamoDB that was slow."""
        logs = (self.site.run_dir / "logs" / "tasks").glob("*.log")
        lines = [line for log in logs for line in log.read_bytes().splitlines() if STORAGE_UNAVAILABLE in line]
        told = [one for one in map(json.loads, lines) if datetime.fromisoformat(one["time"]) >= self.since]
        return [one["cause"] for one in told if not one["cause"].startswith(SLOW)]

    @property
    def outputs(self) -> Any:
        """The outputs of the site that people and programs read."""
        return json.loads((self.site.run_dir / "outputs.json").read_text(encoding="utf-8"))

    def unmark(self) -> bool:
        """Forget that the first table was replaced; tell whether it was."""
        marks = [tag for tag in self.tags(STACK) if tag.startswith("palisade:replaced-")]
        if marks:
            arn = self.table(STACK)["TableArn"]
            self.site.client("dynamodb").untag_resource(ResourceArn=arn, TagKeys=marks)
        return bool(marks)

    def go_back(self) -> None:
        """Lead the service back to the first table, and forget the copy."""
        dynamodb = self.site.client("dynamodb")
        if self.unmark():
            self.site.playbook(playbook="tests/e2e/go_back.yml")
        if COPY in dynamodb.list_tables()["TableNames"]:
            dynamodb.update_table(TableName=COPY, DeletionProtectionEnabled=False)
            dynamodb.get_waiter("table_exists").wait(TableName=COPY, WaiterConfig={"Delay": 1})
            dynamodb.delete_table(TableName=COPY)
            dynamodb.get_waiter("table_not_exists").wait(TableName=COPY, WaiterConfig={"Delay": 1})
        self._forget_alarms()
        self._forget_backups()

    def _forget_backups(self) -> None:
        backup = self.site.client("backup")
        for plan in backup.list_backup_plans()["BackupPlansList"]:
            if plan["BackupPlanName"] == COPY:
                by_id = {"BackupPlanId": plan["BackupPlanId"]}
                for selection in backup.list_backup_selections(**by_id)["BackupSelectionsList"]:
                    backup.delete_backup_selection(**by_id, SelectionId=selection["SelectionId"])
                backup.delete_backup_plan(**by_id)

    def _forget_alarms(self) -> None:
        cloudwatch = self.site.client("cloudwatch")
        alarms = cloudwatch.describe_alarms(AlarmNamePrefix=f"{COPY}-")["MetricAlarms"]
        if alarms:
            cloudwatch.delete_alarms(AlarmNames=[one["AlarmName"] for one in alarms])


def said(done: subprocess.CompletedProcess[str]) -> str:
    """Return all that a run said in one line."""
    return " ".join(done.stdout.split())
