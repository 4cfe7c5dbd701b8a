# SPDX-License-Identifier: GPL-3.0-or-later
"""The table is restored while clients write: nothing is lost unsaid, wherever the run was cut short."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from typing import Any

import pytest

from tests.e2e.account import state_of_the_site
from tests.e2e.protection import protection_of
from tests.e2e.restoring import COPY, PRODUCT, Restoring, Writer, said
from tests.e2e.site import STACK, Site

# Before which tasks a run is ended, one run after the other; the second one of a name is that of the end.
BEFORE_THE_CUT_OVER = (
    "restore_copy | Restore the table into another one",
    "restore_copy | Note the time",
    "table | Make the table with all that protects it",
    "backup | Back up the table",
    "alarms | Find those that there are",
    "policies | Create the policies",
    "endpoint_policies | Restrict each endpoint to what this stack does through it",
    "restore_check | Have a task of the service's image compare them",
    "restore_cut_over | Mark the source as replaced",
)
AFTER_IT_BEGAN = (
    "service | Register the task definition",
    "service | Create or update the service",
    "deployment | Wait until the service runs what was asked for, and nothing else",
    "restore_cut_over | Compare what is in one table only",
    "policies | Create the policies:2",
    "endpoint_policies | Restrict each endpoint to what this stack does through it:2",
    "restore_report | Keep the report",
    "restore_report | Mark the source as left",
)


# A table that is protected otherwise than by default, for what a default would hide.
OTHERWISE = {
    # Those that the shop needs, and another.
    "data_indexes": [
        {"name": name, "partition_key": {"name": key, "type": "S"}, "sort_key": {"name": "listed_at", "type": "S"}}
        for name, key in (("by-customer", "customer_key"), ("by-status", "status_key"), ("by-name", "name"))
    ],
    "data_contributor_insights": "THROTTLED_KEYS",
    "data_stream_view_type": "NEW_AND_OLD_IMAGES",
    "data_recovery_period_in_days": 7,
    "data_table_class": "STANDARD_INFREQUENT_ACCESS",
    "data_maximum_write_units": 500,
    "data_backup_retention_days": 90,
    "data_alarm_capacity_percent": 50,
    "data_tags": {"Team": "shop"},
}


@pytest.fixture
def restoring(site: Site) -> Iterator[Restoring]:
    """The site with its first table in use, before and after."""
    restoring = Restoring(site)
    yield restoring
    restoring.go_back()


REFUSED: dict[str, tuple[dict[str, Any], str]] = {
    "no time": ({"restore_time": ""}, "restore_time is not set; expected a second in UTC"),
    "no time at all": ({"restore_time": "yesterday"}, "restore_time is 'yesterday'; expected latest or a second"),
    "the future": ({"restore_time": "2999-01-01T00:00:00Z"}, f"table {STACK} can be restored to"),
    "a time of another zone": (
        {"restore_time": "2026-01-31T23:59:59+01:00"},
        "restore_time is '2026-01-31T23:59:59+01:00'; expected latest or a second in UTC",
    ),
    "a time without its zone": (
        {"restore_time": "2026-01-31T23:59:59"},
        "restore_time is '2026-01-31T23:59:59'; expected latest or a second in UTC",
    ),
    "too early": ({"restore_time": "2001-01-01T00:00:00Z"}, f"table {STACK} can be restored to"),
    "the generation in use": ({"restore_generation": 0}, "expected a number above palisade_table_generation (0)"),
    "a generation by -e": ({"palisade_table_generation": 0}, "Set palisade_table_generation in the inventory"),
    "a table without its lookup": (
        {"ecs_service_container_environment": {"STOREFRONT_TABLE_NAME": STACK}},
        "name the table in ecs_service_container_environment by lookup",
    ),
}


# A playbook's start takes seconds; test_e_empty_account.py has one that is refused.
@pytest.mark.full
@pytest.mark.parametrize("what", REFUSED)
def test_what_cannot_be_is_refused_before_anything_is_changed(site: Site, what: str) -> None:
    inputs, message = REFUSED[what]
    done = Restoring(site).run(**inputs)
    assert done.returncode == 2
    assert message in said(done)
    assert "changed=0" in done.stdout


@pytest.mark.full
def test_table_without_recovery_is_refused_before_anything_is_changed(site: Site) -> None:
    dynamodb, off = site.client("dynamodb"), {"PointInTimeRecoveryEnabled": False}
    dynamodb.update_continuous_backups(TableName=STACK, PointInTimeRecoverySpecification=off)
    try:
        done = Restoring(site).run()
        assert f"Table {STACK} cannot be restored to a point in time, because its recovery is off" in said(done)
        assert (done.returncode, "changed=0" in done.stdout) == (2, True)
        assert dynamodb.list_tables()["TableNames"] == [STACK]
    finally:
        site.playbook("--tags", "data")


@pytest.mark.nightly
def test_dry_run_says_what_a_restore_would_do_and_writes_nothing(site: Site, restoring: Restoring) -> None:
    before = state_of_the_site(site)
    for inputs, last in (({}, "Mark the source as left"), ({"restore_cut_over": False}, "Show the report")):
        done = restoring.run("--check", "--diff", **inputs)
        assert done.returncode == 0, done.stdout[-3000:]
        assert f"{STACK} would be restored to 20" in said(done)
        assert f"restore_report | {last}]" in done.stdout
        tasks = done.stdout.split("\nTASK [")
        for name in ("restore_copy | Restore the table into another one", "policies | Create the policies"):
            assert any(f"{name}]" in task and "changed: [localhost]" in task for task in tasks), name
        assert state_of_the_site(site) == before
    assert restoring.run(restore_time="2001-01-01T00:00:00Z").returncode == 2
    assert state_of_the_site(site) == before


def test_writes_during_a_restore_are_accounted_for(site: Site, restoring: Restoring) -> None:
    assert restoring.denied() == []
    writer = Writer(site, "drill")
    with writer.writing():
        # It is there, and nothing protects it yet.
        restoring.ended_before("restore_copy | Note the time")
        copy = restoring.table(COPY)["TableId"]
        done = restoring.run()
    assert done.returncode == 0, done.stdout[-3000:]
    assert restoring.table(COPY)["TableId"] == copy
    old, new, report = restoring.items(STACK), restoring.items(COPY), restoring.report
    assert writer.written.keys() <= {*old, *new}
    lost = {product: old[product] for product in old.keys() - new.keys()}
    written_since = new.keys() - old.keys()
    assert lost
    assert written_since
    compared = report["after_cut_over"]
    assert (compared["only_in_source"], compared["different"], compared["source"]["items"]) == (len(lost), 0, len(old))
    assert compared["missing"] == report["before_cut_over"]["missing"] == 0
    # What the writer added to the copy after the comparison is there as well.
    assert compared["only_in_copy"] == compared["newer_in_copy"] <= len(written_since)
    window = report["not_in_copy"]
    first, last = (datetime.fromisoformat(window[end]) for end in ("from", "to"))
    assert window["seconds"] == pytest.approx((last - first).total_seconds(), abs=0.1)
    # The writer only adds products, so each write is known.
    assert window["known_writes"] == len(lost)
    # DynamoDB wrote between the application's look at its clock and the answer.
    assert all(datetime.fromisoformat(item["created_at"]["S"]) <= last for item in lost.values())
    assert all(first <= answered for product, answered in writer.written.items() if product in lost)
    assert lost.keys() & writer.written.keys()
    assert report["resumed"] is True
    assert restoring.denied() == []
    assert restoring.unexcused() == []
    assert restoring.granted() == {COPY}
    assert protection_of(site, COPY) == protection_of(site, STACK)
    assert restoring.outputs["table_arn"].endswith(f":table/{COPY}")
    assert f"at least {len(lost)} writes" in said(done)
    assert "set palisade_table_generation: 1 in the inventory" in said(done)
    refused = site.run("ansible-playbook", "-i", "inventories/local", "site.yml", "--tags", "ecs_service")
    assert refused.returncode == 2
    assert f"palisade_table_generation is 0, but table {STACK} was replaced by {COPY} at a restore" in said(refused)


@pytest.mark.nightly
def test_restore_that_is_cut_short_anywhere_is_completed_by_the_next_run(site: Site, restoring: Restoring) -> None:
    before = restoring.items(STACK)
    writer = Writer(site, "killed")
    with writer.writing():
        restoring.ended_before(BEFORE_THE_CUT_OVER[0])
        assert site.client("dynamodb").list_tables()["TableNames"] == [STACK]
        restoring.ended_before(BEFORE_THE_CUT_OVER[1])
        copy = restoring.table(COPY)["TableId"]
        for point in BEFORE_THE_CUT_OVER[2:]:
            restoring.ended_before(point)
            assert "palisade:replaced-by" not in restoring.tags(STACK), point
        assert restoring.granted() == {STACK, COPY}
        # Whoever gives up runs site.yml, and has what was before.
        site.playbook("--tags", "security")
        assert restoring.granted() == {STACK}
        for point in AFTER_IT_BEGAN:
            restoring.ended_before(point)
            assert restoring.tags(STACK)["palisade:replaced-by"] == "1", point
            assert restoring.table(COPY)["TableId"] == copy, point
        done = restoring.run()
    assert done.returncode == 0, done.stdout[-3000:]
    old, new = restoring.items(STACK), restoring.items(COPY)
    assert writer.written.keys() <= {*old, *new}
    assert before.items() <= old.items()
    assert before.keys() <= new.keys()
    assert restoring.report["after_cut_over"]["only_in_source"] == len(old.keys() - new.keys()) > 0
    assert restoring.table(COPY)["TableId"] == copy
    assert (restoring.granted(), restoring.denied(), restoring.unexcused()) == ({COPY}, [], [])
    again = restoring.run()
    assert again.returncode == 2
    assert "and that is complete. Set palisade_table_generation: 1" in said(again)
    assert "changed=0 " in restoring.deployed(1)
    # The way back that the documentation shows.
    restoring.unmark()
    site.playbook()
    assert restoring.granted() == {STACK}
    assert restoring.outputs["table_arn"].endswith(f":table/{STACK}")
    site.request("api/products", "POST", PRODUCT | {"id": "killed-again"})
    assert "killed-again" in restoring.items(STACK)


@pytest.mark.nightly
def test_rehearsal_leaves_the_service_where_it_is(site: Site, restoring: Restoring) -> None:
    site.playbook("--tags", "data", "-e", json.dumps(OTHERWISE))
    done = restoring.run(restore_cut_over=False, **OTHERWISE)
    assert done.returncode == 0, done.stdout[-3000:]
    protection = protection_of(site, STACK)
    assert "by-name" in {index["IndexName"] for index in protection["indexes"]}
    assert protection["insights"] == [["ENABLED", "THROTTLED_KEYS"]] * 4
    assert protection_of(site, COPY) == protection
    report = restoring.report
    assert (report["in_use"], report["rto_seconds"]) == (STACK, None)
    assert report["before_cut_over"]["copy"] == report["before_cut_over"]["source"]
    assert restoring.granted() == {STACK}
    assert "palisade:replaced-by" not in restoring.tags(STACK)
    site.playbook("--tags", "security,data,ecs_service")
    # Today's latest is not that of the rehearsal.
    assert f"Table {COPY} is left from an earlier restore or rehearsal" in said(restoring.run())


@pytest.mark.nightly
def test_copy_that_is_not_sound_is_not_taken(site: Site, restoring: Restoring) -> None:
    """The service's table has an item that no product can be made of, so the copy has it, too."""
    broken = {"pk": {"S": "PRODUCTS"}, "sk": {"S": "PRODUCT#broken"}}
    dynamodb = site.client("dynamodb")
    dynamodb.put_item(TableName=STACK, Item=broken)
    try:
        done = restoring.run()
    finally:
        dynamodb.delete_item(TableName=STACK, Key={name: broken[name] for name in ("pk", "sk")})
    assert done.returncode == 2
    assert f"The copy {COPY} is not taken" in said(done)
    assert '"unreadable": 1' in said(done)
    assert restoring.granted() == {STACK}
    assert "palisade:replaced-by" not in restoring.tags(STACK)
