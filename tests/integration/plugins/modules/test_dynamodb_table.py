# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, kept by the module and asked for at DynamoDB."""

from __future__ import annotations

import json
from collections.abc import Callable
from typing import Any

import pytest
from ansible_collections.community.aws.plugins.modules import dynamodb_table as theirs
from ansible_collections.palisade.ecs.plugins.modules import dynamodb_table
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from tests.integration.plugins.modules.aws_account import AwsAccount, Json

ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop"
POLICY: Json = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Sid": "DenyWithoutTls",
            "Effect": "Deny",
            "Principal": "*",
            "Action": "dynamodb:*",
            "Resource": ARN,
            "Condition": {"Bool": {"aws:SecureTransport": "false"}},
        }
    ],
}
KEYS: Json = {"name": "shop", "partition_key": {"name": "pk", "type": "S"}, "sort_key": {"name": "sk", "type": "S"}}
BY_CUSTOMER: Json = {"name": "by-customer", "partition_key": {"name": "customer", "type": "S"}}
BY_DATE: Json = {
    "name": "by-date",
    "partition_key": {"name": "customer", "type": "S"},
    "sort_key": {"name": "ordered_at", "type": "N"},
    "projection": "INCLUDE",
    "non_key_attributes": ["total", "currency"],
    "max_read_request_units": 10,
}


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def keys(aws: AwsAccount) -> list[str]:
    return [aws.client("kms").create_key()["KeyMetadata"]["Arn"] for _ in range(2)]


@pytest.fixture
def here(aws: AwsAccount, keys: list[str]) -> Json:
    """A table with all there is."""
    options: Json = {
        **KEYS,
        "indexes": [BY_CUSTOMER, BY_DATE],
        "max_read_request_units": 12000,
        "max_write_request_units": 4000,
        "kms_key_arn": keys[0],
        "stream_view_type": "KEYS_ONLY",
        "ttl_attribute": "expires_at",
        "recovery_period_in_days": 7,
        "contributor_insights": "THROTTLED_KEYS",
        "resource_policy": POLICY,
        "tags": {"Application": "shop"},
    }
    aws.written()
    return options


def described(aws: AwsAccount) -> Json:
    found: Json = aws.client("dynamodb").describe_table(TableName="shop")["Table"]
    return found


def recovery(aws: AwsAccount) -> Json:
    answer = aws.client("dynamodb").describe_continuous_backups(TableName="shop")
    found: Json = answer["ContinuousBackupsDescription"]["PointInTimeRecoveryDescription"]
    return found


def results(told: Json) -> Json:
    return {key: value for key, value in told.items() if key not in ("changed", "diff", "steps")}


def test_a_new_table_is_protected_from_its_first_moment(aws: AwsAccount, here: Json, keys: list[str]) -> None:
    dry = aws.run(dynamodb_table, dry=True, **here)
    assert dry["diff"]["before"] == {}
    assert aws.written() == []
    assert aws.client("dynamodb").list_tables()["TableNames"] == []

    made, repeated = aws.run(dynamodb_table, **here), aws.run(dynamodb_table, dry=True, **here)
    assert [dry["changed"], made["changed"], repeated["changed"]] == [True, True, False]
    assert dry["steps"] == made["steps"]
    assert aws.written() == ["CreateTable", "UpdateContinuousBackups", "UpdateContributorInsights", "UpdateTimeToLive"]
    assert results(dry) == results(made) | {"table_arn": "", "stream_arn": ""}
    assert results(made) == results(repeated)
    assert made["table_arn"] == ARN
    assert made["stream_arn"].startswith(f"{ARN}/stream/")

    found = described(aws)
    assert (found["SSEDescription"]["KMSMasterKeyArn"], found["SSEDescription"]["Status"]) == (keys[0], "ENABLED")
    assert found["DeletionProtectionEnabled"] is True
    assert found["OnDemandThroughput"] == {"MaxReadRequestUnits": 12000, "MaxWriteRequestUnits": 4000}
    assert found["StreamSpecification"]["StreamViewType"] == "KEYS_ONLY"
    assert recovery(aws)["RecoveryPeriodInDays"] == 7
    indexes = {one["IndexName"]: one for one in found["GlobalSecondaryIndexes"]}
    assert indexes["by-date"]["OnDemandThroughput"] == {"MaxReadRequestUnits": 10, "MaxWriteRequestUnits": 4000}
    policy = aws.client("dynamodb").get_resource_policy(ResourceArn=ARN)["Policy"]
    assert json.loads(policy) == POLICY


def test_story_of_a_table_with_little(aws: AwsAccount) -> None:
    little = {**KEYS, "recovery_period_in_days": 0, "deletion_protection": False}
    assert aws.run(dynamodb_table, **little)["changed"]
    assert not aws.run(dynamodb_table, **little)["changed"]
    assert aws.written() == ["CreateTable"]
    away: Json = {"name": "shop", "state": "absent"}
    told = [aws.run(dynamodb_table, dry=dry, **away) for dry in (True, False, False)]
    assert [one["changed"] for one in told] == [True, True, False]
    assert results(told[0]) == results(told[1]) == results(told[2])
    assert aws.written() == ["DeleteTable"]


Drift = Callable[[Any, list[str]], Any]
DRIFTS: dict[str, Drift] = {
    "deletion protection": lambda client, keys: update(client, DeletionProtectionEnabled=False),
    "another key": lambda client, keys: update(
        client, SSESpecification={"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": keys[1]}
    ),
    "a key of AWS": lambda client, keys: update(client, SSESpecification={"Enabled": False}),
    "recovery off": lambda client, keys: client.update_continuous_backups(
        TableName="shop", PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": False}
    ),
    "a shorter recovery": lambda client, keys: client.update_continuous_backups(
        TableName="shop",
        PointInTimeRecoverySpecification={"PointInTimeRecoveryEnabled": True, "RecoveryPeriodInDays": 1},
    ),
    "no time to live": lambda client, keys: client.update_time_to_live(
        TableName="shop", TimeToLiveSpecification={"Enabled": False, "AttributeName": "expires_at"}
    ),
    "no stream": lambda client, keys: update(client, StreamSpecification={"StreamEnabled": False}),
    "another stream": lambda client, keys: [
        update(client, StreamSpecification=one)
        for one in ({"StreamEnabled": False}, {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"})
    ],
    "no maximum": lambda client, keys: update(
        client, OnDemandThroughput={"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}
    ),
    "another maximum of an index": lambda client, keys: update(
        client,
        GlobalSecondaryIndexUpdates=[
            {"Update": {"IndexName": "by-date", "OnDemandThroughput": {"MaxReadRequestUnits": 99}}}
        ],
    ),
    "table class": lambda client, keys: update(client, TableClass="STANDARD_INFREQUENT_ACCESS"),
    "billing": lambda client, keys: update(
        client,
        BillingMode="PROVISIONED",
        ProvisionedThroughput={"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
        GlobalSecondaryIndexUpdates=[
            {
                "Update": {
                    "IndexName": name,
                    "ProvisionedThroughput": {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1},
                }
            }
            for name in ("by-customer", "by-date")
        ],
    ),
    "an index less": lambda client, keys: update(
        client, GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "by-date"}}]
    ),
    "an index more": lambda client, keys: update(
        client,
        AttributeDefinitions=[{"AttributeName": "other", "AttributeType": "S"}, *described_attributes(client)],
        GlobalSecondaryIndexUpdates=[
            {
                "Create": {
                    "IndexName": "by-other",
                    "KeySchema": [{"AttributeName": "other", "KeyType": "HASH"}],
                    "Projection": {"ProjectionType": "ALL"},
                }
            }
        ],
    ),
    "insights off": lambda client, keys: client.update_contributor_insights(
        TableName="shop", ContributorInsightsAction="DISABLE"
    ),
    "insights of all keys": lambda client, keys: client.update_contributor_insights(
        TableName="shop", ContributorInsightsAction="ENABLE", ContributorInsightsMode="ACCESSED_AND_THROTTLED_KEYS"
    ),
    "no policy": lambda client, keys: client.delete_resource_policy(ResourceArn=ARN),
    "another policy": lambda client, keys: client.put_resource_policy(
        ResourceArn=ARN, Policy=json.dumps(POLICY).replace("SecureTransport", "ViaAWSService")
    ),
    "a tag less": lambda client, keys: client.untag_resource(ResourceArn=ARN, TagKeys=["Application"]),
    "a tag more": lambda client, keys: client.tag_resource(ResourceArn=ARN, Tags=[{"Key": "Team", "Value": "web"}]),
}


def update(client: Any, **settings: Any) -> None:
    """Change a table as soon as nothing else of it is changing."""
    client.describe_table(TableName="shop")
    client.update_table(TableName="shop", **settings)


def described_attributes(client: Any) -> Any:
    return client.describe_table(TableName="shop")["Table"]["AttributeDefinitions"]


@pytest.mark.parametrize("drift", DRIFTS)
def test_drift_is_foreseen_and_repaired(aws: AwsAccount, here: Json, keys: list[str], drift: str) -> None:
    before = aws.run(dynamodb_table, **here)
    DRIFTS[drift](aws.client("dynamodb"), keys)
    aws.written()
    foreseen = aws.run(dynamodb_table, dry=True, **here)
    assert aws.written() == []
    repaired = aws.run(dynamodb_table, **here)
    assert (foreseen["changed"], repaired["changed"]) == (True, True), drift
    assert foreseen["diff"]["before"] != foreseen["diff"]["after"]
    assert foreseen["steps"] == repaired["steps"]
    assert len(aws.written()) == len(repaired["steps"])
    # A stream that ended is another one.
    gone = {"stream_arn"} if "stream" in drift else set()
    assert {**results(repaired), **dict.fromkeys(gone)} == {**results(before), **dict.fromkeys(gone)}
    again = aws.run(dynamodb_table, dry=True, **here)
    assert (again["changed"], results(again)) == (False, results(repaired))


def test_indexes_come_and_go_one_at_a_time_and_items_stay(aws: AwsAccount, here: Json) -> None:
    more = [{**BY_CUSTOMER, "name": f"by-customer-{number}"} for number in range(3)]
    aws.run(dynamodb_table, **here)
    client = aws.client("dynamodb")
    item = {name: {"S": name} for name in ("pk", "sk", "customer")}
    client.put_item(TableName="shop", Item=item)
    aws.written()
    wanted = {**here, "indexes": [BY_DATE, *more]}
    foreseen, done = aws.run(dynamodb_table, dry=True, **wanted), aws.run(dynamodb_table, **wanted)
    created = [f"create index by-customer-{number}" for number in range(3)]
    assert foreseen["steps"] == done["steps"] == ["delete index by-customer", *created]
    assert aws.written() == ["UpdateTable"] * 4
    assert [one["name"] for one in done["indexes"]] == ["by-customer-0", "by-customer-1", "by-customer-2", "by-date"]
    found = client.query(
        TableName="shop",
        IndexName="by-customer-2",
        KeyConditionExpression="customer = :customer",
        ExpressionAttributeValues={":customer": {"S": "customer"}},
    )
    assert found["Items"] == [item]
    assert aws.run(dynamodb_table, **{**here, "indexes": []})["changed"]
    names = {one["AttributeName"] for one in described(aws)["AttributeDefinitions"]}
    assert (names, described(aws).get("GlobalSecondaryIndexes", [])) == ({"pk", "sk"}, [])


WANTED_STEPS = [
    "switch the key",
    "delete index by-customer",
    "delete index by-date",
    "switch to provisioned capacity",
    "change the table class",
    "end the stream",
    "begin a stream",
    "create index by-new",
    "create index by-newer",
]
# Ended before the call after so many, or right after that call, when the table is busy with it.
ENDS = [(steps, busy) for busy in (False, True) for steps in range(len(WANTED_STEPS))]
SHORT_ENDS = [(2, True), (8, False)]


@pytest.mark.parametrize(
    "end", [*SHORT_ENDS, *(pytest.param(end, marks=pytest.mark.full) for end in ENDS if end not in SHORT_ENDS)], ids=str
)
def test_run_that_ends_at_any_point_is_completed_by_the_next(
    aws: AwsAccount, here: Json, keys: list[str], monkeypatch: pytest.MonkeyPatch, end: tuple[int, bool]
) -> None:
    aws.run(dynamodb_table, **here)
    item = {name: {"S": name} for name in ("pk", "sk", "customer")}
    aws.client("dynamodb").put_item(TableName="shop", Item=item)
    wanted = {
        **here,
        "indexes": [{**BY_CUSTOMER, "name": "by-new"}, {**BY_CUSTOMER, "name": "by-newer"}],
        "kms_key_arn": keys[1],
        "billing_mode": "PROVISIONED",
        "read_capacity": 5,
        "write_capacity": 5,
        "max_read_request_units": 0,
        "max_write_request_units": 0,
        "table_class": "STANDARD_INFREQUENT_ACCESS",
        "stream_view_type": "NEW_IMAGE",
    }
    assert aws.run(dynamodb_table, dry=True, **wanted)["steps"] == WANTED_STEPS
    with monkeypatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", ending(*end, BaseClient._make_api_call))
        assert "killed" in aws.run(dynamodb_table, **wanted)["msg"]
    steps, busy = end
    assert aws.run(dynamodb_table, **wanted)["steps"] == WANTED_STEPS[steps + busy :]
    assert not aws.run(dynamodb_table, dry=True, **wanted)["changed"]
    assert aws.client("dynamodb").scan(TableName="shop")["Items"] == [item]


def ending(steps: int, busy: bool, original: Any) -> Any:
    """Return a call to AWS after which, or instead of which, a run ends; the answer of the last one is lost."""
    left = [steps]

    def call(client: Any, operation: str, arguments: Json) -> Any:
        ends = operation == "UpdateTable" and left[0] == 0
        if operation == "UpdateTable":
            left[0] -= 1
        if ends and not busy:
            raise ClientError({"Error": {"Code": "Killed", "Message": "killed"}}, operation)
        answer = original(client, operation, arguments)
        if ends:
            raise ClientError({"Error": {"Code": "Killed", "Message": "killed"}}, operation)
        return answer

    return call


def test_billing_goes_there_and_back(aws: AwsAccount, here: Json) -> None:
    aws.run(dynamodb_table, **here)
    no_maximum = {"max_read_request_units": 0, "max_write_request_units": 0}
    indexes = [{**BY_CUSTOMER, "read_capacity": 9}]
    provisioned: Json = {**here, **no_maximum, "billing_mode": "PROVISIONED", "indexes": indexes}
    provisioned |= {"read_capacity": 5, "write_capacity": 4}
    told = aws.run(dynamodb_table, **provisioned)
    assert told["steps"] == ["delete index by-date", "switch to provisioned capacity"]
    assert (told["read_capacity"], told["indexes"][0]["read_capacity"]) == (5, 9)
    assert not aws.run(dynamodb_table, **provisioned)["changed"]
    other = {**provisioned, "read_capacity": 6}
    assert aws.run(dynamodb_table, **other)["steps"] == ["change the provisioned capacity"]
    # What Application Auto Scaling did is not undone.
    delegated = aws.run(dynamodb_table, **provisioned, capacity_delegated=True)
    assert (delegated["changed"], delegated["read_capacity"]) == (False, 6)
    back = aws.run(dynamodb_table, **{**here, "indexes": [BY_CUSTOMER]})
    assert back["steps"] == [
        "switch to on-demand capacity",
        "change the maximum of the table",
        "change the maximum of index by-customer",
    ]
    assert not aws.run(dynamodb_table, **{**here, "indexes": [BY_CUSTOMER]})["changed"]


def test_another_time_to_live_within_the_hour_is_left_for_later(
    aws: AwsAccount, here: Json, monkeypatch: pytest.MonkeyPatch
) -> None:
    aws.run(dynamodb_table, **here)
    original: Any = BaseClient._make_api_call
    message = "Time to live has been modified multiple times within a fixed interval"

    def call(client: Any, operation: str, arguments: Json) -> Any:
        if operation == "UpdateTimeToLive" and arguments["TimeToLiveSpecification"]["Enabled"]:
            raise ClientError({"Error": {"Code": "ValidationException", "Message": message}}, operation)
        return original(client, operation, arguments)

    other = {**here, "ttl_attribute": "vanishes_at"}
    with monkeypatch.context() as patched:
        patched.setattr(BaseClient, "_make_api_call", call)
        assert "Everything else is done. Run it again in an hour." in aws.run(dynamodb_table, **other)["msg"]
    assert aws.run(dynamodb_table, **other)["steps"] == ["begin the time to live by vanishes_at"]


def test_protected_table_is_not_deleted(aws: AwsAccount, here: Json) -> None:
    aws.run(dynamodb_table, **here)
    aws.written()
    for dry in (True, False):
        told = aws.run(dynamodb_table, dry=dry, name="shop", state="absent")
        assert "Table shop is protected from deletion." in told["msg"]
    assert aws.written() == []


@pytest.mark.parametrize(
    ("other", "message"),
    [
        (
            {"partition_key": {"name": "id", "type": "S"}},
            "Table shop has the key pk (S), sk (S), and id (S), sk (S) is",
        ),
        (
            {"sort_key": {"name": "sk", "type": "N"}},
            "and pk (S), sk (N) is wanted. AWS cannot change the key of a table",
        ),
        ({"indexes": [{**BY_CUSTOMER, "projection": "KEYS_ONLY"}]}, "Add an index of another name"),
    ],
)
def test_what_would_need_another_table_or_index_is_refused(
    aws: AwsAccount, here: Json, other: Json, message: str
) -> None:
    before = aws.run(dynamodb_table, **here)
    aws.written()
    for dry in (True, False):
        assert message in aws.run(dynamodb_table, dry=dry, **{**here, **other})["msg"]
    assert aws.written() == []
    assert results(aws.run(dynamodb_table, **here)) == results(before)


def test_table_without_its_key_is_explained(aws: AwsAccount, here: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    aws.run(dynamodb_table, **here)
    original: Any = BaseClient._make_api_call

    def call(client: Any, operation: str, arguments: Json) -> Any:
        answer = original(client, operation, arguments)
        if operation == "DescribeTable":
            answer["Table"]["TableStatus"] = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    assert "DynamoDB cannot use its key. Enable the key" in aws.run(dynamodb_table, **here)["msg"]


def test_community_aws_still_cannot_protect_a_table(aws: AwsAccount) -> None:
    """The reason for this module: should it fail one day, upstream may have learned to do it."""
    for option in ("sse_specification", "kms_key_arn", "deletion_protection", "stream_view_type", "resource_policy"):
        told = aws.run(theirs, name="shop", hash_key_name="pk", **{option: "anything"})
        assert "Unsupported parameters" in told["msg"]
