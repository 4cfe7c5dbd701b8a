# SPDX-License-Identifier: GPL-3.0-or-later
"""The end of the site that the tests before this have used: what goes, what is kept, and what is somebody else's.

Each test goes on from the one before. It is the last file, because nothing is left of the site.
"""

from __future__ import annotations

import pytest

from tests.e2e.inventory import details, inventory
from tests.e2e.site import STACK, Site
from tests.e2e.tearing_down import (
    BUCKET,
    CONFIRMED,
    EARLIER,
    ITEM,
    KEPT,
    KEPT_BY_POINTS,
    KEYS,
    PLAYBOOK,
    Account,
    commands,
    empty_bucket,
    refused,
    type_in,
    with_a_recovery_point,
    with_an_earlier_generation,
    with_another_stack,
    with_protection,
)

# A table that is kept keeps its scaling, or it would stay as big as it was last.
KEPT_EARLIER = {**KEPT_BY_POINTS, "dynamodb targets": {f"table/{EARLIER}"}}
FINAL = f"{STACK}-final"
OWN = f"{STACK}$DeletedTableBackup"


@pytest.fixture(scope="module")
def account(site: Site) -> Account:
    """The site with two generations of its table and a recovery point, beside another stack."""
    account = with_another_stack(site, site.before)
    # Tests of restores leave backups of the copies that they have deleted.
    account.besides["BackupSummaries"] |= inventory(site)["BackupSummaries"]
    with_an_earlier_generation(site)
    with_a_recovery_point(site)
    with_protection(site)
    site.client("dynamodb").put_item(TableName=STACK, Item=ITEM)
    return account


def test_a_wrong_confirmation_is_refused_before_anything_is_changed(account: Account) -> None:
    said = refused(account.run("-e", f"data_destroy_confirm={STACK}-2"))
    assert f'data_destroy_confirm is {STACK}-2; expected "{STACK}" or "{EARLIER}"' in said


def test_another_account_is_refused_before_anything_is_changed(account: Account) -> None:
    said = refused(account.run("-e", '{"palisade_account_id": "111122223333"}'))
    assert "belong to account 123456789012, but palisade_account_id is 111122223333" in said


@pytest.mark.parametrize(
    ("tags", "users"),
    [
        ("data", "the service, the load balancer"),
        ("security", "the service, the load balancer, the daily backups, the alarms of the tables"),
        ("ecs_service,network", "the security groups"),
    ],
)
def test_what_is_in_use_is_not_taken_away_by_its_tag(account: Account, tags: str, users: str) -> None:
    said = refused(account.run("--tags", tags, *(CONFIRMED if tags == "data" else ())))
    assert f"what a teardown of {tags.replace(',', ', ')} removes: {users}. Run the playbook without tags" in said


def test_a_dry_run_changes_nothing_and_foresees_what_is_left(account: Account) -> None:
    there, like = account.left, details(account.site)
    changed, said = account.teardown("--check", *CONFIRMED)
    assert changed > 20
    for gone in (f"target group {STACK}", f"daily backups of {STACK}, {EARLIER}", f"table {STACK}, after its last"):
        assert gone in said
    for kept in (f"table {EARLIER}", f"recovery point {STACK}", f"backup {STACK}\n", f"repository {STACK}"):
        assert kept in said.partition("Would be kept")[2]
    assert account.left == there
    assert details(account.site) == like
    assert len(account.site.tasks()) == 2


def test_without_confirmation_all_goes_but_what_holds_something(account: Account) -> None:
    _, said = account.teardown()
    assert account.left == {**KEPT, **KEPT_EARLIER, "TableNames": {STACK, EARLIER}}
    assert f"remove  run the playbook teardown with -e data_destroy_confirm={STACK}\n" in said
    assert account.site.client("dynamodb").scan(TableName=STACK)["Items"][-1:] == [ITEM]
    assert account.site.client("dynamodb").describe_table(TableName=STACK)["Table"]["DeletionProtectionEnabled"]


def test_the_table_goes_after_a_backup_that_has_its_items_also_if_the_first_run_is_cut_short(account: Account) -> None:
    account.site.playbook_ended_before("absent_table | Delete it without its protection", *CONFIRMED, playbook=PLAYBOOK)
    dynamodb = account.site.client("dynamodb")
    assert dynamodb.describe_table(TableName=STACK)["Table"]["DeletionProtectionEnabled"]
    account.teardown(*CONFIRMED)
    assert account.left == {**KEPT, **KEPT_EARLIER, "TableNames": {EARLIER}, "BackupSummaries": {FINAL, OWN}}
    backups = dynamodb.list_backups(TableName=STACK)["BackupSummaries"]
    final = [one["BackupArn"] for one in backups if one["BackupName"] == FINAL]
    dynamodb.restore_table_from_backup(TargetTableName="again", BackupArn=final[-1])
    assert ITEM in dynamodb.scan(TableName="again")["Items"]
    dynamodb.delete_table(TableName="again")


def test_a_second_run_changes_nothing(account: Account) -> None:
    changed, said = account.teardown(*CONFIRMED)
    assert (changed, said.count("nothing; there was none of it")) == (0, 4)


def test_what_is_removed_as_the_run_says_leaves_no_more_than_aws_removes_by_itself(account: Account) -> None:
    type_in(account.site, commands(account.teardown("--check")[1]))
    empty_bucket(account.site, BUCKET)
    account.teardown("-e", f"data_destroy_confirm={EARLIER}")
    assert account.left == {"Aliases": KEYS, "BackupSummaries": {OWN, f"{EARLIER}-final"}}
    kms = account.site.client("kms")
    states = {alias: kms.describe_key(KeyId=alias)["KeyMetadata"]["KeyState"] for alias in KEYS}
    # That of the data is needed by the backup that DynamoDB has made itself.
    assert states == {alias: "Enabled" if alias.endswith("data") else "PendingDeletion" for alias in KEYS}
