# SPDX-License-Identifier: GPL-3.0-or-later
"""The steps from a table to another one, and what is refused."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table import (
    Capacity,
    Found,
    Index,
    Key,
    Table,
    described,
)
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_checks import check_present, check_usable
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_plan import (
    create_arguments,
    plan_absent,
    plan_present,
)
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

KEY_ARN = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678"
PARAMS: dict[str, Any] = {"indexes": []}


def index(name: str = "by-customer", **fields: Any) -> Index:
    customer = Key("customer", "S")
    fitting = Index(name, customer, Key(), "ALL", (), Capacity(max_read_request_units=100))
    return replace(fitting, **fields)


TABLE = Table(
    table_arn="arn:aws:dynamodb:eu-central-1:123456789012:table/shop",
    partition_key=Key("pk", "S"),
    sort_key=Key("sk", "S"),
    billing_mode="PAY_PER_REQUEST",
    capacity=Capacity(max_read_request_units=100),
    table_class="STANDARD",
    stream_view_type="none",
    contributor_insights="none",
    recovery_period_in_days=35,
    tags={"Application": "shop"},
)


def steps(before: Table, after: Table) -> list[tuple[str, dict[str, Any]]]:
    change = plan_present("shop", before, after)
    return [(step.operation, {k: v for k, v in step.arguments.items() if k != "TableName"}) for step in change.steps]


def test_what_is_as_wanted_takes_no_step() -> None:
    assert steps(TABLE, TABLE) == []
    assert not plan_present("shop", TABLE, TABLE)


def test_only_one_index_is_made_or_deleted_at_a_time_and_what_goes_goes_first() -> None:
    before = replace(TABLE, indexes=(index("a"), index("b")))
    after = replace(TABLE, indexes=(index("c"), index("d", sort_key=Key("at", "N"))))
    updates = [arguments["GlobalSecondaryIndexUpdates"] for _, arguments in steps(before, after)]
    assert [next(iter(one)) for (one,) in updates] == ["Delete", "Delete", "Create", "Create"]
    # AWS refuses attributes that no key has.
    told = [{one["AttributeName"] for one in a.get("AttributeDefinitions", [])} for _, a in steps(before, after)]
    assert told == [set(), set(), {"pk", "sk", "customer"}, {"pk", "sk", "customer", "at"}]


def test_protection_comes_before_what_takes_long() -> None:
    before = replace(TABLE, deletion_protection=False, recovery_period_in_days=0, indexes=())
    after = replace(TABLE, deletion_protection=True, kms_key_arn=KEY_ARN, indexes=(index(),))
    operations = steps(before, after)
    assert [operation for operation, _ in operations] == ["update_continuous_backups", *["update_table"] * 3]
    assert operations[1][1] == {"DeletionProtectionEnabled": True}
    assert "GlobalSecondaryIndexUpdates" in operations[-1][1]


def test_table_class_goes_alone() -> None:
    after = replace(TABLE, table_class="STANDARD_INFREQUENT_ACCESS", deletion_protection=True)
    assert [set(arguments) for _, arguments in steps(TABLE, after)] == [{"DeletionProtectionEnabled"}, {"TableClass"}]


def test_switch_to_provisioned_units_tells_those_of_every_index_that_stays() -> None:
    units = Capacity(read_capacity=5, write_capacity=4)
    before = replace(TABLE, indexes=(index("a"), index("b")))
    after = replace(
        TABLE,
        billing_mode="PROVISIONED",
        capacity=units,
        indexes=(index("a", capacity=units), index("c", capacity=units)),
    )
    _, (_, switch), (_, creation) = steps(before, after)
    throughput = {"ReadCapacityUnits": 5, "WriteCapacityUnits": 4}
    assert switch == {
        "BillingMode": "PROVISIONED",
        "ProvisionedThroughput": throughput,
        "GlobalSecondaryIndexUpdates": [{"Update": {"IndexName": "a", "ProvisionedThroughput": throughput}}],
    }
    assert creation["GlobalSecondaryIndexUpdates"][0]["Create"]["ProvisionedThroughput"] == throughput


def test_maximum_that_is_none_any_more_is_removed_and_none_is_told_at_creation() -> None:
    none = replace(TABLE, capacity=Capacity())
    assert steps(TABLE, none) == [
        ("update_table", {"OnDemandThroughput": {"MaxReadRequestUnits": -1, "MaxWriteRequestUnits": -1}})
    ]
    assert "OnDemandThroughput" not in create_arguments("shop", none)
    assert create_arguments("shop", TABLE)["OnDemandThroughput"] == {"MaxReadRequestUnits": 100}


def test_another_view_ends_the_stream_before_it_begins_one() -> None:
    before, after = (replace(TABLE, stream_view_type=view) for view in ("KEYS_ONLY", "NEW_IMAGE"))
    assert [arguments["StreamSpecification"] for _, arguments in steps(before, after)] == [
        {"StreamEnabled": False},
        {"StreamEnabled": True, "StreamViewType": "NEW_IMAGE"},
    ]


def test_key_of_aws_is_asked_for_without_a_key() -> None:
    before = replace(TABLE, kms_key_arn=KEY_ARN)
    assert steps(before, TABLE) == [("update_table", {"SSESpecification": {"Enabled": False}})]


def test_time_to_live_comes_last() -> None:
    before, after = replace(TABLE, ttl_attribute="a"), replace(TABLE, ttl_attribute="b", tags={}, indexes=(index(),))
    operations = [operation for operation, _ in steps(before, after)]
    assert operations == ["untag_resource", "update_table", "update_time_to_live", "update_time_to_live"]


def test_protected_table_stays() -> None:
    with pytest.raises(PlanError, match="Table shop is protected from deletion"):
        plan_absent("shop", replace(TABLE, deletion_protection=True))
    lifted = plan_absent("shop", replace(TABLE, deletion_protection=True), protection=False).steps
    assert [step.operation for step in lifted] == ["update_table", "delete_table"]
    assert [step.operation for step in plan_absent("shop", TABLE).steps] == ["delete_table"]
    assert not plan_absent("shop", Table())


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "another key": (
        {"sort_key": Key()},
        "has the key pk \\(S\\), sk \\(S\\), and pk \\(S\\) is wanted. AWS cannot change",
    ),
    "another type": ({"sort_key": Key("sk", "N")}, "sk \\(N\\) is wanted"),
    "the same attribute twice": ({"sort_key": Key("pk", "S")}, "are both pk; expected two attributes"),
    "an attribute of two types": (
        {"indexes": (index(partition_key=Key("sk", "N")),)},
        "Attribute sk has type S in the table and N in index by-customer",
    ),
    "too many indexes": ({"indexes": tuple(index(f"index-{n}") for n in range(21))}, "indexes has 21; DynamoDB takes"),
    "too many attributes": (
        {
            "indexes": tuple(
                index(f"index-{n}", projection="INCLUDE", non_key_attributes=tuple(map(str, range(17))))
                for n in range(6)
            )
        },
        "project 102 non_key_attributes together",
    ),
    "attributes of everything": ({"indexes": (index(non_key_attributes=("a",)),)}, "expected some with INCLUDE"),
    "another projection": ({"indexes": (index("kept", projection="KEYS_ONLY"),)}, "Add an index of another name"),
    "units on demand": (
        {"capacity": Capacity(read_capacity=1)},
        "read_capacity 1 and write_capacity 0; expected neither",
    ),
    "no units": ({"billing_mode": "PROVISIONED", "capacity": Capacity(5, 0)}, "expected 1 or more of the first two"),
    "a maximum of provisioned units": (
        {"billing_mode": "PROVISIONED", "capacity": Capacity(5, 5, 9)},
        "max_read_request_units 9",
    ),
    "less than nothing": ({"capacity": Capacity(max_read_request_units=-1)}, "has a capacity below 0"),
    "too long a period": ({"recovery_period_in_days": 36}, "recovery_period_in_days is 36; expected 1 to 35, or 0"),
    "an alias": ({"kms_key_arn": "alias/shop"}, "kms_key_arn is alias/shop; expected the ARN of a key"),
    "a key as time to live": ({"ttl_attribute": "sk"}, "ttl_attribute is sk, which is part of the table's key"),
    "text as time to live": ({"ttl_attribute": "customer"} | {"indexes": (index(),)}, "which is no number in index"),
}


@pytest.mark.parametrize("what", REFUSED)
def test_what_aws_does_not_take_is_refused(what: str) -> None:
    fields, message = REFUSED[what]
    before = replace(TABLE, indexes=(index("kept"),))
    with pytest.raises(PlanError, match=message):
        check_present("shop", before, replace(TABLE, **fields), PARAMS)
    check_present("shop", before, TABLE, PARAMS)


def test_everything_that_is_wrong_is_said_at_once() -> None:
    wrong = replace(TABLE, ttl_attribute="pk", recovery_period_in_days=99)
    params = {"indexes": [{"name": "a b"}, {"name": "abc"}, {"name": "abc"}]}
    with pytest.raises(PlanError) as error:
        check_present("s", Table(), wrong, params)
    for part in ("name is 's'", "the name of index 1 is 'a b'", "indexes has abc more than once", "is pk", "is 99"):
        assert part in str(error.value)


def test_number_of_an_index_may_be_the_time_to_live() -> None:
    expiring = index(partition_key=Key("expires_at", "N"))
    check_present("shop", TABLE, replace(TABLE, ttl_attribute="expires_at", indexes=(expiring,)), PARAMS)


@pytest.mark.parametrize("status", ["INACCESSIBLE_ENCRYPTION_CREDENTIALS", "ARCHIVING", "ARCHIVED"])
def test_table_without_its_key_is_not_touched(status: str) -> None:
    with pytest.raises(PlanError, match=f"Table shop is {status}: .+ Nothing was changed."):
        check_usable("shop", status)
    check_usable("shop", "UPDATING")


PLAIN: dict[str, Any] = {
    "TableArn": TABLE.table_arn,
    "AttributeDefinitions": [{"AttributeName": "pk", "AttributeType": "S"}],
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
}
INDEX = {
    "IndexName": "by-customer",
    "KeySchema": [{"AttributeName": "pk", "KeyType": "HASH"}],
    "Projection": {"ProjectionType": "ALL"},
}


def test_table_of_which_aws_says_little_is_as_aws_makes_it() -> None:
    found = described(Found(table=PLAIN))
    assert (found.billing_mode, found.table_class, found.kms_key_arn) == ("PROVISIONED", "STANDARD", "")
    assert (found.stream_view_type, found.contributor_insights, found.recovery_period_in_days) == ("none", "none", 0)
    assert found.deletion_protection is False


@pytest.mark.parametrize(("status", "key"), [("ENABLED", KEY_ARN), ("UPDATING", KEY_ARN), ("DISABLING", "")])
def test_key_that_is_on_its_way_counts_as_arrived(status: str, key: str) -> None:
    found = described(Found(table={**PLAIN, "SSEDescription": {"Status": status, "KMSMasterKeyArn": KEY_ARN}}))
    assert found.kms_key_arn == key


@pytest.mark.parametrize(("status", "names"), [("CREATING", ["by-customer"]), ("DELETING", [])])
def test_index_that_is_on_its_way_counts_as_arrived(status: str, names: list[str]) -> None:
    found = described(Found(table={**PLAIN, "GlobalSecondaryIndexes": [{**INDEX, "IndexStatus": status}]}))
    assert [one.name for one in found.indexes] == names
