# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of a site: what goes, what is kept, and what is somebody else's. Each test goes on from the one before."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import pytest

from tests.e2e.inventory import added, inventory
from tests.e2e.site import STACK, Site, wait_until

CONFIRMED = ("-e", f"data_destroy_confirm={STACK}")
ITEM = {"pk": {"S": "order"}, "sk": {"S": "1"}}
KEYS = {f"alias/{STACK}-{purpose}" for purpose in ("data", "logs", "images")}
BUCKET = f"{STACK}-logs-123456789012-eu-central-1"
KEPT = {"logGroups": {f"/ecs/{STACK}"}, "Buckets": {BUCKET}, "Aliases": KEYS, "repositories": {STACK}}


@dataclass
class Account:
    """A site, and what its account had before it was deployed."""

    site: Site
    before: dict[str, set[str]] = field(default_factory=dict)

    def teardown(self, *arguments: str) -> tuple[int, str]:
        """Run the playbook; return how many tasks changed something, and what it said in one line."""
        said = self.site.playbook(*arguments, playbook="playbooks/teardown.yml")
        (changed,) = re.findall(r"changed=(\d+)", said)
        return int(changed), " ".join(said.split())

    @property
    def left(self) -> dict[str, set[str]]:
        """What was not there before the site was deployed."""
        return added(self.before, inventory(self.site))


def another_stack(site: Site) -> None:
    """Make what another stack has whose name begins as that of the site does."""
    site.client("dynamodb").create_table(
        TableName=f"{STACK}-2",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    site.client("logs").create_log_group(logGroupName=f"/ecs/{STACK}-2")
    site.client("cloudwatch").put_metric_alarm(
        AlarmName=f"{STACK}-table-of-others",
        Namespace="AWS/DynamoDB",
        MetricName="ReadThrottleEvents",
        Dimensions=[{"Name": "TableName", "Value": f"{STACK}-2"}],
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Sum",
        Threshold=1,
    )
    tags = [{"Key": "palisade:stack", "Value": f"{STACK}-2"}]
    vpc: Any = site.client("ec2").create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )
    site.client("ec2").create_security_group(GroupName=f"{STACK}-alb", Description="Theirs", VpcId=vpc["Vpc"]["VpcId"])


@pytest.fixture(scope="module")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Account]:
    """A deployed site beside another stack."""
    with Site(tmp_path_factory.mktemp("teardown") / "run").running() as site:
        another_stack(site)
        account = Account(site, inventory(site))
        site.playbook()
        site.client("dynamodb").put_item(TableName=STACK, Item=ITEM)
        yield account


def test_a_wrong_confirmation_is_refused_before_anything_is_changed(account: Account) -> None:
    command = ("ansible-playbook", "-i", "inventories/local", "playbooks/teardown.yml")
    done = account.site.run(*command, "-e", f"data_destroy_confirm={STACK}-2")
    assert (done.returncode, "changed=0" in done.stdout) == (2, True)
    assert f'data_destroy_confirm is {STACK}-2; expected "{STACK}"' in " ".join(done.stdout.split())


def test_a_dry_run_changes_nothing_and_foresees_what_is_left(account: Account) -> None:
    there = account.left
    changed, said = account.teardown("--check", *CONFIRMED)
    assert changed > 20
    assert f"key alias/{STACK}-data why it is needed by backup {STACK}" in said
    assert account.left == there


def test_without_confirmation_all_goes_but_what_holds_something(account: Account) -> None:
    _, said = account.teardown()
    assert account.left == {**KEPT, "TableNames": {STACK}}
    assert f"table {STACK} why it holds the items" in said
    assert account.site.client("dynamodb").scan(TableName=STACK)["Items"] == [ITEM]
    assert account.site.client("dynamodb").describe_table(TableName=STACK)["Table"]["DeletionProtectionEnabled"]


def test_with_confirmation_the_table_goes_and_its_backup_has_the_items(account: Account) -> None:
    _, said = account.teardown(*CONFIRMED)
    backups = {f"{STACK}-final", f"{STACK}$DeletedTableBackup"}
    assert account.left == {**KEPT, "BackupSummaries": backups}
    assert f"key alias/{STACK}-data why it is needed by backup {STACK}" in said
    dynamodb = account.site.client("dynamodb")
    arns = {one["BackupName"]: one["BackupArn"] for one in dynamodb.list_backups()["BackupSummaries"]}
    dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=arns[f"{STACK}-final"])
    assert dynamodb.scan(TableName="again")["Items"] == [ITEM]
    dynamodb.delete_table(TableName="again")


def test_a_second_run_changes_nothing(account: Account) -> None:
    assert account.teardown(*CONFIRMED)[0] == 0


@pytest.mark.full
def test_a_site_comes_back_with_the_table_that_was_kept(account: Account) -> None:
    account.site.playbook()
    account.site.client("dynamodb").put_item(TableName=STACK, Item=ITEM)
    account.teardown()
    account.site.playbook()
    assert account.site.client("dynamodb").scan(TableName=STACK)["Items"][0] == ITEM
    wait_until(lambda: len(account.site.tasks()) == 2, 60, "both tasks are healthy")
    assert account.site.request("healthz")[0] == 200


# Before which tasks a run is ended, one run after the other.
POINTS = (
    "absent | Remove the service with its scaling, tasks and task definitions",
    "absent_load_balancer | Remove it with its listeners",
    "absent_load_balancer | Remove its target group",
    "absent | End the daily backups",
    "absent_table | Take a last backup and wait for it",
    "absent_table | Delete it without its protection",
    "absent | Remove the alarms of the tables",
    "absent_edge | Remove the web ACL",
    "absent | Remove the roles and their policies",
    "absent | Look what needs the keys",
    "absent_vpc | Remove the endpoints",
    "absent_vpc | Remove the route tables",
    "absent_subnets | Remove the subnets",
    "absent_subnets | Remove the VPC",
)


@pytest.mark.full
def test_a_teardown_that_is_cut_short_anywhere_is_completed(account: Account) -> None:
    account.site.playbook()
    account.site.client("dynamodb").put_item(TableName=STACK, Item=ITEM)
    for point in POINTS:
        account.site.playbook_ended_before(point, *CONFIRMED, playbook="playbooks/teardown.yml")
    account.teardown(*CONFIRMED)
    assert account.left == {**KEPT, "BackupSummaries": {f"{STACK}-final", f"{STACK}$DeletedTableBackup"}}
    assert account.teardown(*CONFIRMED)[0] == 0
