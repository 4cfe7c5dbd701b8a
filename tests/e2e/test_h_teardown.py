# SPDX-License-Identifier: GPL-3.0-or-later
"""Teardowns that take long: each on a site of its own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.inventory import inventory
from tests.e2e.site import STACK, Site, wait_until
from tests.e2e.tearing_down import CONFIRMED, ITEM, KEPT, PLAYBOOK, Account

pytestmark = pytest.mark.nightly

# Before which tasks a run is ended, one run after the other.
POINTS = (
    "absent_service | Remove the service with its scaling, tasks and task definitions",
    "absent_load_balancer | Remove it with its listeners",
    "absent_load_balancer | Remove its target groups",
    "absent | End the daily backups",
    "absent_table | Take a last backup and wait for it",
    "absent_table | Delete it without its protection",
    "absent | Remove the alarms of the tables",
    "absent_edge | Remove the web ACL",
    "absent_roles | Remove the roles",
    "absent_roles | Remove their policies, in all versions",
    "absent | Look what needs the keys",
    "absent_vpc | Remove the endpoints",
    "absent_vpc | Remove the route tables",
    "absent_subnets | Remove the subnets",
    "absent_subnets | Remove the VPC",
)


@pytest.fixture
def account(tmp_path: Path) -> Iterator[Account]:
    """A deployed site."""
    with Site(tmp_path / "run").running() as site:
        account = Account(site, inventory(site))
        site.playbook()
        site.client("dynamodb").put_item(TableName=STACK, Item=ITEM)
        yield account


def test_a_site_comes_back_with_the_table_that_was_kept(account: Account) -> None:
    account.teardown()
    kms = account.site.client("kms")
    key = kms.describe_key(KeyId=f"alias/{STACK}-logs")["KeyMetadata"]["KeyId"]
    # As if the logs had been removed, and the playbook run again.
    kms.schedule_key_deletion(KeyId=key)
    account.site.playbook()
    assert kms.describe_key(KeyId=f"alias/{STACK}-logs")["KeyMetadata"]["KeyState"] == "Enabled"
    assert account.site.client("dynamodb").scan(TableName=STACK)["Items"][0] == ITEM
    wait_until(lambda: len(account.site.tasks()) == 2, 60, "both tasks are healthy")
    assert account.site.request("healthz")[0] == 200


def test_a_teardown_that_is_cut_short_anywhere_is_completed(account: Account) -> None:
    for point in POINTS:
        account.site.playbook_ended_before(point, *CONFIRMED, playbook=PLAYBOOK)
    account.teardown(*CONFIRMED)
    assert account.left == {**KEPT, "BackupSummaries": {f"{STACK}-final", f"{STACK}$DeletedTableBackup"}}
    assert account.teardown(*CONFIRMED)[0] == 0
