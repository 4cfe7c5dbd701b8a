# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables, restored by the module and asked for at DynamoDB."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest
import yaml
from ansible_collections.palisade.ecs.plugins.modules import dynamodb_table_restore
from botocore.client import BaseClient
from botocore.exceptions import ClientError

from emulator.control_plane.fidelity import dynamodb_recovery, recovery_journal
from tests.integration.plugins.modules.aws_account import AwsAccount, Json

NOON = 1_800_000_000
ARN = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678"
KEYS: Json = {
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "BillingMode": "PAY_PER_REQUEST",
}


class KilledError(BaseException):
    """The module's process has ended here."""


class Clock:
    """A clock that stands still."""

    now = NOON + 0.25

    def time(self) -> float:
        return self.now


@pytest.fixture(autouse=True)
def nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    for module in (dynamodb_recovery, recovery_journal):
        monkeypatch.setattr(module, "time", clock)
    return clock


@pytest.fixture
def shop(aws: AwsAccount, clock: Clock) -> AwsAccount:
    """A table that had one item at first, and ten seconds later has two."""
    client = aws.client("dynamodb")
    client.create_table(TableName="shop", **KEYS)
    protect(client)
    client.put_item(TableName="shop", Item={"pk": {"S": "first"}})
    clock.now += 5
    client.put_item(TableName="shop", Item={"pk": {"S": "second"}})
    clock.now += 5
    aws.written()
    return aws


def protect(client: Any, name: str = "shop", on: bool = True) -> None:
    recovery = {"PointInTimeRecoveryEnabled": on}
    client.update_continuous_backups(TableName=name, PointInTimeRecoverySpecification=recovery)


def at(second: int) -> str:
    return datetime.fromtimestamp(NOON + second, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def items(aws: AwsAccount, name: str) -> list[str]:
    return sorted(item["pk"]["S"] for item in aws.client("dynamodb").scan(TableName=name)["Items"])


def restore(aws: AwsAccount, name: str = "shop.1", time: str = "latest", **options: Any) -> Json:
    return aws.run(dynamodb_table_restore, source_name="shop", name=name, restore_time=time, **options)


def test_story_of_a_restore(shop: AwsAccount) -> None:
    missing = shop.run(dynamodb_table_restore, source_name="shop", name="shop.1")
    assert "missing required arguments: restore_time" in missing["msg"]
    dry = restore(shop, time=at(4), dry=True)
    assert shop.written() == []
    made, repeated, seen = restore(shop, time=at(4)), restore(shop, time=at(4)), restore(shop, time=at(4), dry=True)
    assert [one["changed"] for one in (dry, made, repeated, seen)] == [True, True, False, False]
    assert shop.written() == ["RestoreTableToPointInTime"]
    told = {
        "table_arn": f"{ARN}.1",
        "restore_time": at(4),
        "restored_from": ARN,
        "earliest_restorable_time": at(0),
        "latest_restorable_time": at(10),
    }
    after = {"restore_time": at(4), "restored_from": ARN}
    assert dry == {**told, "changed": True, "diff": {"before": {}, "after": after}}
    assert made == {**told, "changed": True}
    assert seen == {**told, "changed": False, "diff": {"before": after, "after": after}}
    assert (items(shop, "shop.1"), items(shop, "shop")) == (["first"], ["first", "second"])


def test_latest_says_which_second_it_was(shop: AwsAccount, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PALISADE_RECOVERY_LAG_SECONDS", "6")
    made = restore(shop)
    assert (made["restore_time"], items(shop, "shop.1")) == (at(4), ["first"])
    clock.now += 100
    repeated = restore(shop)
    assert (repeated["changed"], repeated["restore_time"]) == (False, at(4))
    assert repeated["latest_restorable_time"] == at(104)


def test_restored_table_outlives_its_source(shop: AwsAccount) -> None:
    restore(shop, time=at(4))
    for change in (lambda: protect(shop.client("dynamodb"), on=False), lambda: delete(shop, "shop")):
        change()
        again = restore(shop, time=at(4))
        assert (again["changed"], again["restored_from"]) == (False, ARN)
        assert (again["earliest_restorable_time"], again["latest_restorable_time"]) == ("", "")


def delete(aws: AwsAccount, name: str) -> None:
    aws.client("dynamodb").delete_table(TableName=name)


def test_other_key_is_that_of_the_new_table(shop: AwsAccount) -> None:
    key = shop.client("kms").create_key()["KeyMetadata"]["Arn"]
    assert restore(shop, kms_key_arn=key)["changed"]
    found = shop.client("dynamodb").describe_table(TableName="shop.1")["Table"]
    assert found["SSEDescription"]["KMSMasterKeyArn"] == key


@pytest.mark.parametrize("dry", [True, False])
def test_what_cannot_be_restored_is_refused_before_anything_is_changed(shop: AwsAccount, dry: bool) -> None:
    client = shop.client("dynamodb")
    client.create_table(TableName="shop.2", **KEYS)
    restore(shop, name="other", time=at(4))
    shop.written()
    window = f"table shop can be restored to {at(0)} to {at(10)}. Nothing was changed."
    for expected, options in (
        (window, {"time": at(-1)}),
        (window, {"time": at(11)}),
        ("expected latest or a second in UTC such as 2026-01-31T23:59:59Z", {"time": "yesterday"}),
        ("expected latest or a second in UTC such as 2026-01-31T23:59:59Z", {"time": "2027-01-15T09:00:00+01:00"}),
        ("Table shop.2 exists and was not restored, not from table shop", {"name": "shop.2"}),
        (f"Table other exists and was restored to {at(4)}, not to {at(5)}", {"name": "other", "time": at(5)}),
        ("source_name and name are both shop", {"name": "shop"}),
        ("name is 'a b'; expected 3 to 255", {"name": "a b"}),
        ("kms_key_arn is alias/data; expected the ARN of a key", {"kms_key_arn": "alias/data"}),
    ):
        result = restore(shop, dry=dry, **options)
        assert expected in result["msg"], result
    other = shop.run(dynamodb_table_restore, dry=dry, source_name="other", name="shop.3", restore_time="latest")
    assert "Table other cannot be restored to a point in time, because its recovery is off" in other["msg"]
    absent = shop.run(dynamodb_table_restore, dry=dry, source_name="none", name="shop.3", restore_time="latest")
    assert "There is no table none to restore from" in absent["msg"]
    from_other = shop.run(dynamodb_table_restore, dry=dry, source_name="shop.2", name="other", restore_time="latest")
    assert f"Table other exists and was restored from {ARN}, not from table shop.2" in from_other["msg"]
    assert shop.written() == []


def test_key_that_is_lost_meanwhile_ends_the_wait(shop: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    original: Any = BaseClient._make_api_call

    def call(client: Any, operation: str, arguments: Json) -> Any:
        answer = original(client, operation, arguments)
        if operation == "DescribeTable" and arguments["TableName"] == "shop.1":
            answer["Table"]["TableStatus"] = "INACCESSIBLE_ENCRYPTION_CREDENTIALS"
        return answer

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    assert "Waiter encountered a terminal failure state" in restore(shop)["msg"]
    assert "Table shop.1 is INACCESSIBLE_ENCRYPTION_CREDENTIALS" in restore(shop)["msg"]


def killed(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, number: int) -> bool:
    """Restore, and end the module at a call of its own, the answer of which is lost; tell whether it came so far."""
    original: Any = BaseClient._make_api_call
    calls = 0

    def call(client: Any, operation: str, arguments: Json) -> Any:
        nonlocal calls
        calls += 1
        try:
            return original(client, operation, arguments)
        finally:
            if calls == number:
                raise KilledError

    with monkeypatch.context() as patch:
        patch.setattr(BaseClient, "_make_api_call", call)
        try:
            restore(aws, time=at(4))
        except KilledError:
            return True
    return False


def test_run_that_was_cut_short_is_taken_up_wherever_that_was(
    shop: AwsAccount, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = 1
    while killed(shop, monkeypatch, number):
        begun = "shop.1" in shop.client("dynamodb").list_tables()["TableNames"]
        done = restore(shop, time=at(4))
        assert (done["changed"], done["restore_time"]) == (not begun, at(4))
        assert items(shop, "shop.1") == ["first"]
        assert shop.written().count("RestoreTableToPointInTime") == 1
        delete(shop, "shop.1")
        shop.written()
        number += 1
    # Three reads and a look, the restore, three looks of the wait, and one at what came of it.
    assert number == 10


def test_answer_that_was_lost_is_no_failure(shop: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    original: Any = BaseClient._make_api_call

    def call(client: Any, operation: str, arguments: Json) -> Any:
        if operation == "RestoreTableToPointInTime":
            # As botocore does it: the first answer never came, so it asks once more.
            original(client, operation, arguments)
        return original(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    made = restore(shop, time=at(4))
    assert (made["changed"], made["restore_time"], items(shop, "shop.1")) == (True, at(4), ["first"])


def test_table_of_the_name_on_its_way_out_is_waited_for(shop: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    original: Any = BaseClient._make_api_call
    looks = 0

    def call(client: Any, operation: str, arguments: Json) -> Any:
        nonlocal looks
        if operation == "DescribeTable" and arguments["TableName"] == "shop.1" and looks < 3:
            looks += 1
            return {"Table": {"TableName": "shop.1", "TableArn": f"{ARN}.1", "TableStatus": "DELETING"}}
        if operation == "RestoreTableToPointInTime":
            assert looks == 3
        return original(client, operation, arguments)

    monkeypatch.setattr(BaseClient, "_make_api_call", call)
    assert restore(shop, time=at(4))["changed"]


def test_restore_that_never_ends_is_a_failure(shop: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("emulator.control_plane.fidelity.dynamodb_restore.LOOKS", 10**9)
    result = restore(shop, wait_timeout=10)
    assert "wait until table shop.1 is restored" in result["msg"]
    with pytest.raises(ClientError):
        shop.client("dynamodb").scan(TableName="shop.1")


def test_examples_run_and_return_what_is_documented(aws: AwsAccount, clock: Clock) -> None:
    clock.now = datetime(2026, 1, 31, tzinfo=UTC).timestamp()
    aws.client("dynamodb").create_table(TableName="shop-dev", **KEYS)
    protect(aws.client("dynamodb"), "shop-dev")
    clock.now += 2 * 86400
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    documented = set(yaml.safe_load(dynamodb_table_restore.RETURN))
    for task in yaml.safe_load(dynamodb_table_restore.EXAMPLES.replace(KEY, key)):
        for dry in (True, False):
            result = aws.run(dynamodb_table_restore, dry=dry, **task["palisade.ecs.dynamodb_table_restore"])
            assert result["changed"]
            assert set(result) - {"changed", "diff"} == documented
