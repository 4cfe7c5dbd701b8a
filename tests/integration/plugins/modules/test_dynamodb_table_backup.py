# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a backup of a table: missing table, check, backup, another backup."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import dynamodb_table_backup
from moto.dynamodb.models.table import Backup

from tests.integration.plugins.modules.aws_account import AwsAccount

ASKED = {"table_name": "shop", "name": "shop-final"}


@pytest.fixture
def table(aws: AwsAccount) -> Any:
    """A table with an item."""
    client = aws.client("dynamodb")
    client.create_table(
        TableName="shop",
        KeySchema=[{"AttributeName": "pk", "KeyType": "HASH"}],
        AttributeDefinitions=[{"AttributeName": "pk", "AttributeType": "S"}],
        BillingMode="PAY_PER_REQUEST",
    )
    client.put_item(TableName="shop", Item={"pk": {"S": "lantern"}})
    aws.written()
    return client


def test_without_the_table_nothing_is_done(aws: AwsAccount) -> None:
    told = aws.run(dynamodb_table_backup, **ASKED)
    assert told == {"changed": False, "table_name": "shop", "backup_name": "", "backup_arn": ""}
    assert aws.written() == []


def test_name_of_the_backup_has_to_be_given(aws: AwsAccount) -> None:
    assert aws.run(dynamodb_table_backup, table_name="shop")["msg"] == "missing required arguments: name"


def test_each_run_makes_a_backup_that_outlives_the_table(aws: AwsAccount, table: Any) -> None:
    dry = aws.run(dynamodb_table_backup, dry=True, **ASKED)
    assert (dry["changed"], dry["backup_arn"], aws.written()) == (True, "", [])
    first, second = aws.run(dynamodb_table_backup, **ASKED), aws.run(dynamodb_table_backup, **ASKED)
    assert aws.written() == ["CreateBackup", "CreateBackup"]
    assert first["backup_arn"] != second["backup_arn"]
    assert {key for key in dry if key != "diff"} == first.keys()
    table.delete_table(TableName="shop")
    table.restore_table_from_backup(TargetTableName="again", BackupArn=second["backup_arn"])
    assert table.scan(TableName="again")["Items"] == [{"pk": {"S": "lantern"}}]


def test_backup_that_is_not_available_in_time_is_a_failure(
    aws: AwsAccount, table: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    original: Any = Backup.details.fget  # type: ignore[attr-defined]
    monkeypatch.setattr(Backup, "details", property(lambda backup: {**original(backup), "BackupStatus": "CREATING"}))
    told = aws.run(dynamodb_table_backup, **ASKED, wait_timeout=1)
    assert told["failed"]
    assert "wait until backup arn:aws:dynamodb:" in told["msg"]
