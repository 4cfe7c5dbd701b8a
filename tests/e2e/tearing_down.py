# SPDX-License-Identifier: GPL-3.0-or-later
"""Teardowns of a site: what else its account has, what they leave, and what somebody does by hand after them."""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from tests.e2e.inventory import added, inventory
from tests.e2e.site import STACK, Site

PLAYBOOK = "playbooks/teardown.yml"
CONFIRMED = ("-e", f"data_destroy_confirm={STACK}")
ITEM = {"pk": {"S": "order"}, "sk": {"S": "1"}}
EARLIER = f"{STACK}.1"
SCALED = {
    "ServiceNamespace": "dynamodb",
    "ResourceId": f"table/{EARLIER}",
    "ScalableDimension": "dynamodb:table:ReadCapacityUnits",
}
ROLE = f"{STACK}-eu-central-1-backup"
KEYS = {f"alias/{STACK}-{purpose}" for purpose in ("data", "logs", "images")}
BUCKET = f"{STACK}-logs-123456789012-eu-central-1"
# What is left of each site that was used: logs, images and the keys that they need.
KEPT = {"logGroups": {f"/ecs/{STACK}"}, "Buckets": {BUCKET}, "Aliases": KEYS, "repositories": {STACK}}
# What a vault with recovery points is left with.
KEPT_BY_POINTS = {
    "BackupVaultList": {STACK},
    "Roles": {ROLE},
    "policies": {ROLE, f"{STACK}-eu-central-1-boundary"},
}


@dataclass
class Account:
    """A site, and what its account has besides."""

    site: Site
    besides: dict[str, set[str]]

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        """Run the playbook, whatever comes of it."""
        return self.site.run("ansible-playbook", "-i", "inventories/local", PLAYBOOK, *arguments)

    def teardown(self, *arguments: str) -> tuple[int, str]:
        """Run the playbook; return how many tasks changed something, and all that it said."""
        said = self.site.playbook(*arguments, playbook=PLAYBOOK)
        (changed,) = re.findall(r"changed=(\d+)", said)
        return int(changed), said

    @property
    def left(self) -> dict[str, set[str]]:
        """What the account would not have without the site."""
        return added(self.besides, inventory(self.site))


def refused(done: subprocess.CompletedProcess[str]) -> str:
    """Return in one line why a run was refused; fail if it was not, or changed something before."""
    assert (done.returncode, "changed=0" in done.stdout) == (2, True), done.stdout[-3000:]
    return " ".join(done.stdout.split())


def with_another_stack(site: Site, before: dict[str, set[str]]) -> Account:
    """Make what is somebody else's, with names that begin as that of the site does."""
    had = inventory(site)
    make_table(site, f"{STACK}-2")
    site.client("logs").create_log_group(logGroupName=f"/ecs/{STACK}-2")
    make_alarm(site, f"{STACK}-table-of-others", f"{STACK}-2")
    # Somebody may watch a table of the site, too.
    make_alarm(site, f"{STACK}-orders", STACK)
    site.client("backup").create_backup_vault(BackupVaultName=f"{STACK}-2")
    make_plan(site, f"{STACK}-2")
    tags = [{"Key": "palisade:stack", "Value": f"{STACK}-2"}]
    vpc = site.client("ec2").create_vpc(
        CidrBlock="10.0.0.0/16", TagSpecifications=[{"ResourceType": "vpc", "Tags": tags}]
    )
    site.client("ec2").create_security_group(GroupName=f"{STACK}-alb", Description="Theirs", VpcId=vpc["Vpc"]["VpcId"])
    others = added(had, inventory(site))
    return Account(site, {kind: names | others.get(kind, set()) for kind, names in before.items()})


def with_an_earlier_generation(site: Site) -> None:
    """Make what a restore has left: another table with its scaling, daily backups and alarms."""
    make_table(site, EARLIER)
    site.client("application-autoscaling").register_scalable_target(**SCALED, MinCapacity=1, MaxCapacity=2)
    make_alarm(site, f"{EARLIER}-table-read-throttles", EARLIER)
    plan = make_plan(site, EARLIER)
    role = f"arn:aws:iam::123456789012:role/{ROLE}"
    selection = {"SelectionName": EARLIER, "IamRoleArn": role, "Resources": [arn_of(site, EARLIER)]}
    site.client("backup").create_backup_selection(BackupPlanId=plan, BackupSelection=selection)


def with_protection(site: Site) -> None:
    """Protect the load balancer from deletion, which no inventory for the embedded AWS does."""
    elbv2 = site.client("elbv2")
    (balancer,) = elbv2.describe_load_balancers(Names=[STACK])["LoadBalancers"]
    elbv2.modify_load_balancer_attributes(
        LoadBalancerArn=balancer["LoadBalancerArn"],
        Attributes=[{"Key": "deletion_protection.enabled", "Value": "true"}],
    )


def with_a_recovery_point(site: Site) -> None:
    """Have AWS Backup back the table up, as it does each day."""
    role = f"arn:aws:iam::123456789012:role/{ROLE}"
    site.client("backup").start_backup_job(
        BackupVaultName=STACK, ResourceArn=arn_of(site, STACK), IamRoleArn=role, IdempotencyToken="one"
    )


def arn_of(site: Site, table: str) -> str:
    """Return the ARN of a table."""
    return str(site.client("dynamodb").describe_table(TableName=table)["Table"]["TableArn"])


def make_table(site: Site, name: str) -> None:
    """Make a table that has nothing."""
    site.client("dynamodb").create_table(
        TableName=name,
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
    )


def make_alarm(site: Site, name: str, table: str) -> None:
    """Make an alarm that watches a table."""
    site.client("cloudwatch").put_metric_alarm(
        AlarmName=name,
        Namespace="AWS/DynamoDB",
        MetricName="ReadThrottleEvents",
        Dimensions=[{"Name": "TableName", "Value": table}],
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Period=60,
        Statistic="Sum",
        Threshold=1,
    )


def make_plan(site: Site, table: str) -> str:
    """Make a plan of daily backups; return its id."""
    rule = {"RuleName": table, "TargetBackupVaultName": table.partition(".")[0]}
    plan = {"BackupPlanName": table, "Rules": [rule]}
    return str(site.client("backup").create_backup_plan(BackupPlan=plan)["BackupPlanId"])


def commands(said: str) -> list[str]:
    """Return the commands by which a run says that what it kept is removed."""
    return re.findall(r"^\s+remove +(aws .*)$", said, flags=re.MULTILINE)


def type_in(site: Site, typed: Iterable[str]) -> None:
    """Do what the AWS CLI would: its options are the members of the operation, spelt with hyphens."""
    for command in typed:
        _, service, operation, *options = shlex.split(command)
        client = site.client(service)
        name = operation.replace("-", "_")
        members = client.meta.service_model.operation_model(client.meta.method_to_api_mapping[name]).input_shape.members
        spelt = {member.lower(): member for member in members}
        given: dict[str, Any] = {}
        for option in options:
            if option.startswith("--"):
                last = spelt[option.removeprefix("--").replace("-", "")]
                given[last] = True
            else:
                given[last] = option
        getattr(client, name)(**given)


def empty_bucket(site: Site, name: str) -> None:
    """Delete a bucket with all versions of all objects."""
    s3 = site.client("s3")
    # It denies everything without TLS, which the API of the embedded AWS has not.
    s3.delete_bucket_policy(Bucket=name)
    found = s3.list_object_versions(Bucket=name)
    for one in [*found.get("Versions", []), *found.get("DeleteMarkers", [])]:
        s3.delete_object(Bucket=name, Key=one["Key"], VersionId=one["VersionId"])
    s3.delete_bucket(Bucket=name)
