# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a table, told by playbooks and checked by asking AWS: each test goes on where the one before ended."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.e2e.relay import End, killed
from tests.e2e.site import STACK, Site
from tests.integration.roles.data_site import ACCOUNT, TABLE, Data

SHOP = ("by-customer", "by-status")
INDEXES = [
    {
        "name": "by-buyer",
        "partition_key": {"name": "customer", "type": "S"},
        "sort_key": {"name": "ordered_at", "type": "N"},
    }
]
# What the shop needs, and one more.
WITH_ANOTHER = [
    *(
        {
            "name": name,
            "partition_key": {"name": f"{name.removeprefix('by-')}_key", "type": "S"},
            "sort_key": {"name": "listed_at", "type": "S"},
        }
        for name in SHOP
    ),
    *INDEXES,
]
OPERATIONS = ("DeleteItem", "GetItem", "PutItem", "Query", "TransactWriteItems", "UpdateItem")
ALARMS = {
    *(f"{operation}-errors" for operation in OPERATIONS),
    *(
        f"{owner}{kind}-{what}"
        for owner in ("", *(f"{name}-" for name in SHOP))
        for kind in ("read", "write")
        for what in ("throttles", "capacity")
    ),
}
ITEM = {"pk": {"S": "order"}, "sk": {"S": "1"}, "customer": {"S": "c1"}, "ordered_at": {"N": "1"}}


def test_dry_run_of_an_empty_account_names_everything_and_writes_nothing(account: Site) -> None:
    data = Data(account)
    said = data.site.playbook("--tags", "data", "--check", "--diff")
    for task in ("Make the table", "Make the vault", "Back up the table", f"(item={STACK}-table-GetItem-errors)"):
        assert task in said
    assert "changed=4" in said
    assert data.dynamodb.list_tables()["TableNames"] == []
    assert (
        data.backup.list_backup_vaults()["BackupVaultList"] == data.backup.list_backup_plans()["BackupPlansList"] == []
    )
    assert data.alarms == {}


def test_role_asks_for_what_it_needs(account: Site) -> None:
    assert "Run `ansible-playbook site.yml --tags network` first" in Data(account).refusal()


def test_table_is_protected_and_a_second_run_changes_nothing(data: Data) -> None:
    aliases = {one["AliasName"]: one["TargetKeyId"] for one in data.site.client("kms").list_aliases()["Aliases"]}
    key = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/{aliases[f'alias/{STACK}-data']}"
    table = data.table
    assert (table["SSEDescription"]["SSEType"], table["SSEDescription"]["KMSMasterKeyArn"]) == ("KMS", key)
    assert table["DeletionProtectionEnabled"] is True
    assert table["OnDemandThroughput"] == {"MaxReadRequestUnits": 12000, "MaxWriteRequestUnits": 4000}
    recovery = data.dynamodb.describe_continuous_backups(TableName=STACK)["ContinuousBackupsDescription"]
    assert recovery["PointInTimeRecoveryDescription"]["RecoveryPeriodInDays"] == 35
    (vault,) = data.backup.list_backup_vaults()["BackupVaultList"]
    assert (vault["BackupVaultName"], vault["EncryptionKeyArn"]) == (STACK, key)
    (selection,) = data.selections
    role = f"arn:aws:iam::{ACCOUNT}:role/{STACK}-eu-central-1-backup"
    assert (selection["BackupSelection"]["Resources"], selection["BackupSelection"]["IamRoleArn"]) == ([TABLE], role)
    assert set(data.alarms) == ALARMS
    topic = f"arn:aws:sns:eu-central-1:{ACCOUNT}:{STACK}-alarms"
    assert all(alarm["AlarmActions"] == alarm["OKActions"] == [topic] for alarm in data.alarms.values())
    assert data.run() == 0


def test_policy_names_the_endpoint_that_leads_to_the_table(data: Data) -> None:
    found = data.site.client("ec2").describe_vpc_endpoints()["VpcEndpoints"]
    (endpoint,) = (one["VpcEndpointId"] for one in found if one["ServiceName"].endswith(".dynamodb"))
    policy = json.loads(data.dynamodb.get_resource_policy(ResourceArn=TABLE)["Policy"])
    through, tls = policy["Statement"]
    assert through["Condition"]["StringNotEquals"] == {"aws:SourceVpce": endpoint}
    assert through["Condition"]["ArnNotLike"] == {"aws:PrincipalArn": [f"arn:aws:iam::{ACCOUNT}:root"]}
    assert tls["Condition"] == {"Bool": {"aws:SecureTransport": "false"}}
    assert through["Effect"] == tls["Effect"] == "Deny"


@pytest.mark.full
def test_drift_is_repaired_in_one_run(data: Data) -> None:
    before = data.state()
    drift(data)
    drifted = data.state()
    assert [one == other for one, other in zip(before, drifted, strict=True)] == [False] * len(before)
    dry = data.run("--check")
    assert data.state() == drifted
    assert data.run() == dry == 3
    assert data.state() == before
    assert data.run() == 0


def drift(data: Data) -> None:
    """Do what people do on a console."""
    client = data.dynamodb
    client.update_table(TableName=STACK, DeletionProtectionEnabled=False)
    client.update_table(TableName=STACK, SSESpecification={"Enabled": False})
    client.get_waiter("table_exists").wait(TableName=STACK, WaiterConfig={"Delay": 1})
    client.update_time_to_live(
        TableName=STACK, TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"}
    )
    recovery = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 1}
    client.update_continuous_backups(TableName=STACK, PointInTimeRecoverySpecification=recovery)
    policy = data.dynamodb.get_resource_policy(ResourceArn=TABLE)["Policy"]
    client.put_resource_policy(ResourceArn=TABLE, Policy=policy.replace("vpce-", "vpce-0"))
    client.tag_resource(ResourceArn=TABLE, Tags=[{"Key": "Team", "Value": "web"}])
    plan = data.plan
    (rule,) = plan["BackupPlan"]["Rules"]
    shorter = {key: value for key, value in rule.items() if key != "RuleId"} | {"Lifecycle": {"DeleteAfterDays": 1}}
    document = {"BackupPlanName": STACK, "Rules": [shorter]}
    data.backup.update_backup_plan(BackupPlanId=plan["BackupPlanId"], BackupPlan=document)
    (selection,) = data.selections
    data.backup.delete_backup_selection(BackupPlanId=plan["BackupPlanId"], SelectionId=selection["SelectionId"])
    data.cloudwatch.delete_alarms(AlarmNames=[f"{STACK}-table-GetItem-errors"])


@pytest.mark.full
def test_index_comes_and_goes_on_a_table_with_items(data: Data) -> None:
    before = data.table["TableId"]
    data.dynamodb.put_item(TableName=STACK, Item=ITEM)
    assert data.run(data_indexes=WITH_ANOTHER) == 2
    found = data.dynamodb.query(
        TableName=STACK,
        IndexName="by-buyer",
        KeyConditionExpression="customer = :customer",
        ExpressionAttributeValues={":customer": {"S": "c1"}},
    )
    assert found["Items"] == [ITEM]
    assert {"by-buyer-read-throttles", "by-buyer-write-capacity"} < set(data.alarms)
    assert data.run() == 2
    assert set(data.alarms) == ALARMS
    assert (data.table["TableId"], data.table["ItemCount"]) == (before, 1)


REFUSED: dict[str, tuple[dict[str, Any], list[str]]] = {
    "another key": (
        {"data_partition_key": {"name": "id", "type": "S"}},
        ["AWS cannot change the key of a table, and this module replaces none"],
    ),
    "an unknown type": (
        {"data_partition_key": {"name": "pk", "type": "STRING"}},
        ["value of type must be one of: S, N, B, got: STRING found in data_partition_key"],
    ),
    "several at once": (
        {
            "data_ttl_attribute": "sk",
            "data_indexes": [{**INDEXES[0], "name": f"index-{number}"} for number in range(21)],
            "data_minimum_read_units": 5,
        },
        [
            "ttl_attribute is sk, which is part of the table's key",
            "indexes has 21; DynamoDB takes at most 20 for a table",
            "billing_mode PAY_PER_REQUEST with read_capacity 5 and write_capacity 0; expected neither",
        ],
    ),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_changed(data: Data, what: str) -> None:
    inputs, messages = REFUSED[what]
    said = data.refusal(**inputs)
    for message in messages:
        assert message in said


def test_generation_without_a_table_is_refused_while_an_earlier_one_has_the_items(data: Data) -> None:
    said = data.refusal(palisade_table_generation=2)
    assert f"there is no table {STACK}.2, and the items may be in {STACK}. Set palisade_table_generation" in said
    assert data.dynamodb.list_tables()["TableNames"] == [STACK]


@pytest.mark.nightly
def test_provisioned_units_are_scaled_and_on_demand_they_are_not(data: Data) -> None:
    # Each index has targets of its own.
    table: dict[str, Any] = {"data_indexes": []}
    units = {**table, "data_minimum_read_units": 5, "data_minimum_write_units": 5, "data_maximum_read_units": 50}
    provisioned = {"data_billing_mode": "PROVISIONED", "data_maximum_write_units": 50, **units}
    scaling = data.site.client("application-autoscaling")

    def targets() -> list[tuple[int, int]]:
        found = scaling.describe_scalable_targets(ServiceNamespace="dynamodb")["ScalableTargets"]
        return [(one["MinCapacity"], one["MaxCapacity"]) for one in found]

    assert data.run(**provisioned) > 0
    assert data.table["ProvisionedThroughput"]["ReadCapacityUnits"] == 5
    assert targets() == [(5, 50), (5, 50)]
    # What the scaling did meanwhile is not undone.
    more = {"ReadCapacityUnits": 9, "WriteCapacityUnits": 5}
    data.dynamodb.update_table(TableName=STACK, ProvisionedThroughput=more)
    data.dynamodb.get_waiter("table_exists").wait(TableName=STACK, WaiterConfig={"Delay": 1})
    assert data.run(**provisioned) == 0
    assert data.run(**table) > 0
    assert (data.table["BillingModeSummary"]["BillingMode"], targets()) == ("PAY_PER_REQUEST", [])
    assert data.run(**table) == 0


ITEMS = [{**ITEM, "sk": {"S": str(number)}} for number in range(30)]
# Each state is made of the other by deleting three indexes and making three, one at a time.
STATES = tuple([{**INDEXES[0], "name": f"by-{who}-{number}"} for number in range(3)] for who in ("customer", "buyer"))
CALLS = 6
# The call to DynamoDB at which a run ends, and whether AWS has heard it; the last two are past the change.
POINTS = [End(call, done) for call in range(1, CALLS + 2) for done in (False, True)]


@pytest.mark.nightly
@pytest.mark.parametrize("points", [pytest.param([POINTS[5]], id="one"), pytest.param(POINTS, id="all")])
def test_change_of_indexes_that_was_killed_is_completed_and_loses_no_item(data: Data, points: list[End]) -> None:
    data.run(data_indexes=STATES[0])
    for item in ITEMS:
        data.dynamodb.put_item(TableName=STACK, Item=item)
    table_id, were_killed = data.table["TableId"], []
    for number, end in enumerate(points, start=1):
        wanted = STATES[number % 2]
        inputs = json.dumps({"data_indexes": wanted})
        were_killed.append(killed(data.site, end, "--tags", "data", "-e", inputs))
        data.run(data_indexes=wanted)
        found = data.table
        indexes = [(one["IndexName"], one["IndexStatus"]) for one in found["GlobalSecondaryIndexes"]]
        assert sorted(indexes) == [(one["name"], "ACTIVE") for one in wanted]
        assert (found["TableId"], found["ItemCount"]) == (table_id, len(ITEMS))
    assert data.run("--check", data_indexes=wanted) == 0
    # Without this the points could all lie past the change.
    assert were_killed == [end.call <= CALLS for end in points]
