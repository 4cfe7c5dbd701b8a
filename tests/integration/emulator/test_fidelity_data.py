# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto is patched to answer as AWS does: tables and backups."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.integration.emulator.emulator_site import Emulator

UNITS = {"ReadCapacityUnits": 1, "WriteCapacityUnits": 1}
POLICY = json.dumps(
    {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Deny", "Principal": "*", "Action": "dynamodb:*", "Resource": "*"}],
    }
)


@pytest.fixture(scope="module")
def emulator(shared_emulator: Emulator) -> Emulator:
    return shared_emulator


@pytest.fixture
def dynamodb(emulator: Emulator) -> Iterator[Any]:
    client = emulator.client("dynamodb")
    make(client)
    yield client
    client.delete_table(TableName="data")


def make(client: Any, **options: Any) -> Any:
    return client.create_table(
        TableName="data",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
        **options,
    )


def refused(client: Any, operation: str, **arguments: Any) -> str:
    with pytest.raises(ClientError) as error:
        getattr(client, operation)(**arguments)
    return str(error.value.response["Error"]["Code"])


def index(name: str) -> dict[str, Any]:
    key = [{"AttributeName": name, "KeyType": "HASH"}]
    return {"Create": {"IndexName": name, "KeySchema": key, "Projection": {"ProjectionType": "ALL"}}}


def attributes(*names: str) -> list[dict[str, str]]:
    return [{"AttributeName": name, "AttributeType": "S"} for name in names]


def table(client: Any) -> Any:
    return client.describe_table(TableName="data")["Table"]


def test_table_is_busy_after_a_change_and_takes_one_index_at_a_time(dynamodb: Any) -> None:
    two = {"TableName": "data", "AttributeDefinitions": attributes("pk", "one", "two")}
    updates = [index("one"), index("two")]
    assert refused(dynamodb, "update_table", **two, GlobalSecondaryIndexUpdates=updates) == "LimitExceededException"
    one = {"TableName": "data", "AttributeDefinitions": attributes("pk", "one")}
    dynamodb.update_table(**one, GlobalSecondaryIndexUpdates=updates[:1])
    assert refused(dynamodb, "update_table", **two, GlobalSecondaryIndexUpdates=updates[1:]) == "ResourceInUseException"
    first, second = table(dynamodb), table(dynamodb)
    assert [one["TableStatus"] for one in (first, second)] == ["UPDATING", "ACTIVE"]
    assert [one["GlobalSecondaryIndexes"][0]["IndexStatus"] for one in (first, second)] == ["CREATING", "ACTIVE"]
    dynamodb.update_table(TableName="data", GlobalSecondaryIndexUpdates=[{"Delete": {"IndexName": "one"}}])
    assert [one["AttributeName"] for one in table(dynamodb)["AttributeDefinitions"]] == ["pk"]
    absent = [{"Delete": {"IndexName": "one"}}]
    table(dynamodb)
    assert refused(dynamodb, "update_table", TableName="data", GlobalSecondaryIndexUpdates=absent) == (
        "ResourceNotFoundException"
    )


def test_changes_that_do_not_go_together_are_refused(dynamodb: Any) -> None:
    named = {"TableName": "data"}
    both = {"TableClass": "STANDARD_INFREQUENT_ACCESS", "DeletionProtectionEnabled": True}
    for arguments in ({}, both, {"BillingMode": "PROVISIONED"}, {"ProvisionedThroughput": UNITS}):
        assert refused(dynamodb, "update_table", **named, **arguments) == "ValidationException"
    dynamodb.update_table(**named, BillingMode="PROVISIONED", ProvisionedThroughput=UNITS)
    assert table(dynamodb)["ProvisionedThroughput"]["ReadCapacityUnits"] == 1
    dynamodb.update_table(**named, BillingMode="PAY_PER_REQUEST")
    assert table(dynamodb)["ProvisionedThroughput"]["ReadCapacityUnits"] == 0


def test_key_class_and_maximum_can_be_changed(emulator: Emulator, dynamodb: Any) -> None:
    missing = {"Enabled": True, "SSEType": "KMS", "KMSMasterKeyId": "00000000-0000-4000-8000-00000000000f"}
    assert refused(dynamodb, "update_table", TableName="data", SSESpecification=missing) == "ValidationException"
    key = emulator.client("kms").create_key()["KeyMetadata"]
    for setting in (
        {"SSESpecification": {**missing, "KMSMasterKeyId": key["KeyId"]}},
        {"TableClass": "STANDARD_INFREQUENT_ACCESS"},
        {"OnDemandThroughput": {"MaxReadRequestUnits": 9, "MaxWriteRequestUnits": 8}},
        {"OnDemandThroughput": {"MaxWriteRequestUnits": -1}},
    ):
        dynamodb.update_table(TableName="data", **setting)
        table(dynamodb)
    found = table(dynamodb)
    assert found["SSEDescription"]["KMSMasterKeyArn"] == key["Arn"]
    assert found["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    assert found["OnDemandThroughput"] == {"MaxReadRequestUnits": 9}


def test_stream_that_ended_makes_room_for_another(dynamodb: Any) -> None:
    view = {"StreamEnabled": True, "StreamViewType": "KEYS_ONLY"}
    dynamodb.update_table(TableName="data", StreamSpecification=view)
    assert refused(dynamodb, "update_table", TableName="data", StreamSpecification=view) == "ValidationException"
    dynamodb.update_table(TableName="data", StreamSpecification={"StreamEnabled": False})
    dynamodb.put_item(TableName="data", Item={"pk": {"S": "written without a stream"}})
    dynamodb.update_table(TableName="data", StreamSpecification={**view, "StreamViewType": "NEW_IMAGE"})
    assert table(dynamodb)["StreamSpecification"]["StreamViewType"] == "NEW_IMAGE"


def test_policy_comes_and_goes_with_its_table(emulator: Emulator) -> None:
    client = emulator.client("dynamodb")
    arn = make(client, ResourcePolicy=POLICY, TableClass="STANDARD_INFREQUENT_ACCESS")["TableDescription"]["TableArn"]
    assert client.get_resource_policy(ResourceArn=arn)["Policy"] == POLICY
    assert table(client)["TableClassSummary"]["TableClass"] == "STANDARD_INFREQUENT_ACCESS"
    client.delete_table(TableName="data")
    make(client)
    assert refused(client, "get_resource_policy", ResourceArn=arn) == "PolicyNotFoundException"
    client.delete_table(TableName="data")


def test_time_to_live_is_switched_once_and_not_by_a_key(dynamodb: Any) -> None:
    def switch(attribute: str, enabled: bool) -> dict[str, Any]:
        return {
            "TableName": "data",
            "TimeToLiveSpecification": {"Enabled": enabled, "AttributeName": attribute},
        }

    for first in (switch("at", False), switch("pk", True)):
        assert refused(dynamodb, "update_time_to_live", **first) == "ValidationException"
    dynamodb.update_time_to_live(**switch("at", True))
    for second in (switch("at", True), switch("other", False)):
        assert refused(dynamodb, "update_time_to_live", **second) == "ValidationException"
    dynamodb.update_time_to_live(**switch("at", False))


def test_contributor_insights_are_off_at_first(dynamodb: Any) -> None:
    assert dynamodb.describe_contributor_insights(TableName="data")["ContributorInsightsStatus"] == "DISABLED"
    dynamodb.update_contributor_insights(
        TableName="data", ContributorInsightsAction="ENABLE", ContributorInsightsMode="THROTTLED_KEYS"
    )
    found = dynamodb.describe_contributor_insights(TableName="data")
    assert (found["ContributorInsightsStatus"], found["ContributorInsightsMode"]) == ("ENABLED", "THROTTLED_KEYS")


def test_plan_selects_with_a_role_of_backup_and_stays_while_it_does(emulator: Emulator) -> None:
    backup, iam = emulator.client("backup"), emulator.client("iam")
    assert refused(backup, "create_backup_vault", BackupVaultName="data", EncryptionKeyArn="arn:aws:kms:::key/a") == (
        "InvalidParameterValueException"
    )
    document = {"BackupPlanName": "data", "Rules": [{"RuleName": "data", "TargetBackupVaultName": "data"}]}
    plan = {"BackupPlanId": backup.create_backup_plan(BackupPlan=document)["BackupPlanId"]}
    trust = {"Effect": "Allow", "Principal": {"Service": "backup.amazonaws.com"}, "Action": "sts:AssumeRole"}
    selection = {
        "SelectionName": "data",
        "IamRoleArn": "arn:aws:iam::123456789012:role/data-backup",
        "Resources": ["*"],
    }
    assert refused(backup, "create_backup_selection", **plan, BackupSelection=selection) == (
        "InvalidParameterValueException"
    )
    iam.create_role(
        RoleName="data-backup",
        AssumeRolePolicyDocument=json.dumps({"Version": "2012-10-17", "Statement": [trust]}),
    )
    made = backup.create_backup_selection(**plan, BackupSelection=selection)["SelectionId"]
    (listed,) = backup.list_backup_selections(**plan)["BackupSelectionsList"]
    assert (listed["SelectionId"], listed["SelectionName"]) == (made, "data")
    assert refused(backup, "delete_backup_plan", **plan) == "InvalidRequestException"
    backup.update_backup_plan(**plan, BackupPlan={**document, "Rules": [{**document["Rules"][0], "RuleName": "other"}]})  # type: ignore[dict-item]
    assert backup.get_backup_plan(**plan)["BackupPlan"]["Rules"][0]["RuleName"] == "other"
    backup.delete_backup_selection(**plan, SelectionId=made)
    assert refused(backup, "get_backup_selection", **plan, SelectionId=made) == "ResourceNotFoundException"
    backup.delete_backup_plan(**plan)
    assert refused(backup, "update_backup_plan", **plan, BackupPlan=document) == "ResourceNotFoundException"
