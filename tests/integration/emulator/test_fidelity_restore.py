# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to restore tables as AWS does: each second of the recovery period, and little else."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import boto3
import pytest
from botocore.exceptions import ClientError
from moto import mock_aws

from emulator.control_plane import fidelity
from emulator.control_plane.fidelity import dynamodb_recovery, recovery_journal

NOON = 1_800_000_000
A_DAY = 86400
POLICY = '{"Version": "2012-10-17", "Statement": []}'


class Clock:
    """A clock that stands still, or goes on whenever it is looked at."""

    def __init__(self) -> None:
        self.now, self.step = NOON + 0.25, 0

    def time(self) -> float:
        self.now += self.step
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (dynamodb_recovery, recovery_journal):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def dynamodb() -> Iterator[Any]:
    fidelity.apply()
    with mock_aws():
        client = boto3.client(
            "dynamodb", region_name="eu-central-1", aws_access_key_id="anybody", aws_secret_access_key="none"
        )
        make(client)
        yield client


def make(client: Any, name: str = "data", **options: Any) -> None:
    client.create_table(
        **{
            "TableName": name,
            "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "sk", "KeyType": "RANGE"}],
            "AttributeDefinitions": [{"AttributeName": key, "AttributeType": "S"} for key in ("pk", "sk")],
            "BillingMode": "PAY_PER_REQUEST",
            **options,
        }
    )


def protect(client: Any, on: bool = True, **options: Any) -> Any:
    told = client.update_continuous_backups(
        TableName="data", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": on, **options}
    )
    return told["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]


def put(client: Any, name: str, value: str = "1") -> None:
    client.put_item(TableName="data", Item={**key(name), "value": {"S": value}})


def key(name: str) -> dict[str, Any]:
    return {"pk": {"S": name}, "sk": {"S": name}}


def change(client: Any, name: str, value: str) -> None:
    client.update_item(
        TableName="data",
        Key=key(name),
        UpdateExpression="SET #value = :value",
        ExpressionAttributeNames={"#value": "value"},
        ExpressionAttributeValues={":value": {"S": value}},
    )


def refused(client: Any, operation: str, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**arguments)
    return str(error.value.response["Error"]["Code"])


def restore(client: Any, name: str, second: int | None = None, **options: Any) -> Any:
    when = {"UseLatestRestorableTime": True} if second is None else {"RestoreDateTime": second}
    given = {"SourceTableName": "data", "TargetTableName": name, **when, **options}
    return client.restore_table_to_point_in_time(**given)["TableDescription"]


def finished(client: Any, name: str) -> Any:
    while (found := client.describe_table(TableName=name)["Table"])["TableStatus"] != "ACTIVE":
        pass
    return found


def contents(client: Any, name: str, second: int) -> dict[str, str]:
    restore(client, name, second)
    finished(client, name)
    items = client.scan(TableName=name)["Items"]
    return {item["pk"]["S"]: item["value"]["S"] for item in items}


def test_every_second_comes_back_as_it_was(clock: Clock, dynamodb: Any) -> None:
    put(dynamodb, "before")
    protect(dynamodb)
    clock.now = NOON + 1.5
    put(dynamodb, "put")
    change(dynamodb, "before", "2")
    clock.now = NOON + 2.5
    change(dynamodb, "made by an update", "3")
    dynamodb.delete_item(TableName="data", Key=key("put"))
    clock.now = NOON + 3.5
    change(dynamodb, "before", "4")
    batch = [{"PutRequest": {"Item": {**key("batch"), "value": {"S": "5"}}}}, {"DeleteRequest": {"Key": key("before")}}]
    dynamodb.batch_write_item(RequestItems={"data": batch})
    clock.now = NOON + 9
    assert contents(dynamodb, "at0", NOON) == {"before": "1"}
    assert contents(dynamodb, "at1", NOON + 1) == {"before": "1"}
    assert contents(dynamodb, "at2", NOON + 2) == {"before": "2", "put": "1"}
    assert contents(dynamodb, "at3", NOON + 3) == {"before": "2", "made by an update": "3"}
    assert contents(dynamodb, "at4", NOON + 4) == {"batch": "5", "made by an update": "3"}


def test_no_second_has_half_of_an_item(clock: Clock, dynamodb: Any) -> None:
    protect(dynamodb)
    clock.step = 1
    change(dynamodb, "new", "1")
    clock.step = 0
    last = int(clock.now)
    found = [contents(dynamodb, f"at{second}", second) for second in range(NOON, last + 1)]
    assert len(found) > 2
    assert {len(items) for items in found} == {0, 1}


def test_transaction_that_fails_leaves_no_trace(clock: Clock, dynamodb: Any) -> None:
    protect(dynamodb)
    put(dynamodb, "kept")

    def transact(*names: str, condition: str) -> list[dict[str, Any]]:
        items = [{"TableName": "data", "Item": {**key(name), "value": {"S": "t"}}} for name in names]
        return [{"Put": items[0]}, {"Put": {**items[1], "ConditionExpression": condition}}]

    failing = transact("lost", "kept", condition="attribute_not_exists(pk)")
    assert refused(dynamodb, "transact_write_items", TransactItems=failing) == "TransactionCanceledException"
    dynamodb.transact_write_items(TransactItems=transact("first", "second", condition="attribute_not_exists(pk)"))
    put(dynamodb, "after")
    clock.now += 1
    assert contents(dynamodb, "at1", NOON + 1) == {"kept": "1", "first": "t", "second": "t", "after": "1"}


def test_window_moves_with_the_clock_and_begins_anew(
    clock: Clock, dynamodb: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PALISADE_RECOVERY_LAG_SECONDS", "300")

    def seen() -> tuple[int, ...]:
        told = dynamodb.describe_continuous_backups(TableName="data")["ContinuousBackupsDescription"]
        found = told["PointInTimeRecoveryDescription"]
        return tuple(int(found[f"{which}RestorableDateTime"].timestamp()) - NOON for which in ("Earliest", "Latest"))

    assert protect(dynamodb)["RecoveryPeriodInDays"] == 35
    assert seen() == (0, 0)
    put(dynamodb, "early")
    clock.now = NOON + 1000.5
    assert seen() == (0, 700)
    clock.now = NOON + 2 * A_DAY + 0.5
    put(dynamodb, "late")
    protect(dynamodb, RecoveryPeriodInDays=1)
    assert seen() == (A_DAY, 2 * A_DAY - 300)
    protect(dynamodb, RecoveryPeriodInDays=35)
    # What a shorter period has let go does not come back.
    assert seen() == (A_DAY, 2 * A_DAY - 300)
    assert contents(dynamodb, "old", NOON + A_DAY) == {"early": "1"}
    protect(dynamodb, on=False)
    assert refused(dynamodb, "restore_table_to_point_in_time", **asked()) == "PointInTimeRecoveryUnavailableException"
    protect(dynamodb)
    assert seen() == (2 * A_DAY, 2 * A_DAY)
    period = {"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 35}
    for days in (0, 36):
        spec = {**period, "RecoveryPeriodInDays": days}
        with pytest.raises(Exception, match=r"RecoveryPeriodInDays"):
            dynamodb.update_continuous_backups(TableName="data", PointInTimeRecoverySpecification=spec)


def asked(**options: Any) -> dict[str, Any]:
    return {"SourceTableName": "data", "TargetTableName": "copy", "UseLatestRestorableTime": True, **options}


def test_what_cannot_be_restored_is_refused_as_aws_does(clock: Clock, dynamodb: Any) -> None:
    operation = "restore_table_to_point_in_time"
    assert refused(dynamodb, operation, **asked()) == "PointInTimeRecoveryUnavailableException"
    protect(dynamodb)
    clock.now = NOON + 5.5
    assert refused(dynamodb, operation, **asked(SourceTableName="none")) == "TableNotFoundException"
    assert refused(dynamodb, operation, **asked(TargetTableName="data")) == "TableAlreadyExistsException"
    assert refused(dynamodb, operation, **asked(RestoreDateTime=NOON)) == "ValidationException"
    neither = {"SourceTableName": "data", "TargetTableName": "copy"}
    assert refused(dynamodb, operation, **neither) == "ValidationException"
    for second in (NOON - 1, NOON + 6):
        assert refused(dynamodb, operation, **neither, RestoreDateTime=second) == "InvalidRestoreTimeException"
    absent = [{"IndexName": "none", "KeySchema": [], "Projection": {}}]
    absent[0] |= {"KeySchema": [{"AttributeName": "sk", "KeyType": "HASH"}]}
    assert refused(dynamodb, operation, **asked(GlobalSecondaryIndexOverride=absent)) == "ValidationException"
    restore(dynamodb, "copy")
    assert refused(dynamodb, operation, **asked()) == "TableInUseException"


def test_table_on_its_way_is_seen_and_cannot_be_used(clock: Clock, dynamodb: Any) -> None:
    protect(dynamodb)
    put(dynamodb, "one")
    clock.now += 1
    told = restore(dynamodb, "copy")
    assert (told["TableStatus"], told["RestoreSummary"]["RestoreInProgress"]) == ("CREATING", True)
    read = {"TableName": "copy", "Key": key("one")}
    assert refused(dynamodb, "get_item", **read) == "ResourceNotFoundException"
    assert refused(dynamodb, "delete_table", TableName="copy") == "ResourceInUseException"
    tagged = {"ResourceArn": told["TableArn"], "Tags": [{"Key": "a", "Value": "b"}]}
    assert refused(dynamodb, "tag_resource", **tagged) == "ResourceInUseException"
    recovery = {"TableName": "copy", "PointInTimeRecoverySpecification": {"PointInTimeRecoveryEnabled": True}}
    assert refused(dynamodb, "update_continuous_backups", **recovery) == "ContinuousBackupsUnavailableException"
    # The source can be used meanwhile.
    assert dynamodb.get_item(**{**read, "TableName": "data"})["Item"]["value"] == {"S": "1"}
    statuses = [dynamodb.describe_table(TableName="copy")["Table"]["TableStatus"] for _ in range(3)]
    assert statuses == ["CREATING", "CREATING", "ACTIVE"]
    summary = dynamodb.describe_table(TableName="copy")["Table"]["RestoreSummary"]
    assert summary == {
        "SourceTableArn": "arn:aws:dynamodb:eu-central-1:123456789012:table/data",
        "RestoreDateTime": datetime.fromtimestamp(NOON + 1, UTC),
        "RestoreInProgress": False,
    }
    assert dynamodb.get_item(**read)["Item"]["value"] == {"S": "1"}
    dynamodb.delete_table(TableName="copy")


def test_settings_come_along_as_documented_and_no_others(clock: Clock, dynamodb: Any) -> None:
    kms = boto3.client("kms", region_name="eu-central-1", aws_access_key_id="anybody", aws_secret_access_key="none")
    first, second = (kms.create_key()["KeyMetadata"]["Arn"] for _ in range(2))
    dynamodb.delete_table(TableName="data")
    definitions = [{"AttributeName": name, "AttributeType": "S"} for name in ("pk", "sk", "other")]
    by_other = {
        "IndexName": "by-other",
        "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
        "Projection": {"ProjectionType": "KEYS_ONLY"},
    }
    local = {**by_other, "IndexName": "local"}
    local["KeySchema"] = [{"AttributeName": "pk", "KeyType": "HASH"}, {"AttributeName": "other", "KeyType": "RANGE"}]
    make(
        dynamodb,
        AttributeDefinitions=definitions,
        GlobalSecondaryIndexes=[{**by_other, "OnDemandThroughput": {"MaxReadRequestUnits": 8}}],
        LocalSecondaryIndexes=[local],
        SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": first},
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"},
        Tags=[{"Key": "Application", "Value": "shop"}],
        DeletionProtectionEnabled=True,
        ResourcePolicy=POLICY,
        TableClass="STANDARD_INFREQUENT_ACCESS",
        OnDemandThroughput={"MaxReadRequestUnits": 9},
    )
    protect(dynamodb)
    dynamodb.update_time_to_live(
        TableName="data", TimeToLiveSpecification={"Enabled": True, "AttributeName": "expires_at"}
    )
    dynamodb.update_contributor_insights(TableName="data", ContributorInsightsAction="ENABLE")
    source, found = dynamodb.describe_table(TableName="data")["Table"], restore(dynamodb, "copy") and None
    found = finished(dynamodb, "copy")
    for kept in ("KeySchema", "AttributeDefinitions", "LocalSecondaryIndexes", "SSEDescription", "BillingModeSummary"):
        assert found[kept] == source[kept], kept
    (kept_index,) = found["GlobalSecondaryIndexes"]
    assert kept_index["IndexName"] == "by-other"
    assert "OnDemandThroughput" in source["GlobalSecondaryIndexes"][0].keys() - kept_index.keys()
    assert found["DeletionProtectionEnabled"] is False
    assert not {"StreamSpecification", "LatestStreamArn", "TableClassSummary", "OnDemandThroughput"} & found.keys()
    recovery = dynamodb.describe_continuous_backups(TableName="copy")["ContinuousBackupsDescription"]
    assert recovery["PointInTimeRecoveryDescription"]["PointInTimeRecoveryStatus"] == "DISABLED"
    life = dynamodb.describe_time_to_live(TableName="copy")["TimeToLiveDescription"]
    assert life["TimeToLiveStatus"] == "DISABLED"
    assert dynamodb.describe_contributor_insights(TableName="copy")["ContributorInsightsStatus"] == "DISABLED"
    assert dynamodb.list_tags_of_resource(ResourceArn=found["TableArn"])["Tags"] == []
    assert refused(dynamodb, "get_resource_policy", ResourceArn=found["TableArn"]) == "PolicyNotFoundException"

    restore(
        dynamodb,
        "other",
        SSESpecificationOverride={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": second},
        BillingModeOverride="PROVISIONED",
        ProvisionedThroughputOverride={"ReadCapacityUnits": 3, "WriteCapacityUnits": 4},
        GlobalSecondaryIndexOverride=[],
    )
    found = finished(dynamodb, "other")
    assert found["SSEDescription"]["KMSMasterKeyArn"] == second
    assert found["BillingModeSummary"]["BillingMode"] == "PROVISIONED"
    assert (found["ProvisionedThroughput"]["ReadCapacityUnits"], found["GlobalSecondaryIndexes"]) == (3, [])


def test_copy_of_a_journal_costs_nothing_and_knows_what_was_there(clock: Clock) -> None:
    class Item:
        def to_json(self) -> dict[str, Any]:
            return {"Attributes": {"pk": {"S": "a"}}}

    journal = recovery_journal.Journal({}, 35)
    for number in range(3):
        journal.note(number, Item())
    undone = copy.deepcopy(journal)
    assert undone._changes is journal._changes
    journal.note("undone", Item())
    undone.note("other", None)
    assert (journal.length, undone.length) == (4, 4)
    assert (len(journal.items_at(clock.now)), len(undone.items_at(clock.now))) == (4, 3)
