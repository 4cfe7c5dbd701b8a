# SPDX-License-Identifier: GPL-3.0-or-later
"""What holds data: which key it needs, and what is left after a removal."""

from __future__ import annotations

from dataclasses import replace

from ansible_collections.palisade.ecs.plugins.module_utils._data_holders import (
    Holder,
    Wanted,
    as_result,
    foreseen,
    with_keys,
)

TABLE = Holder("table", "shop", "arn:table/shop", "arn:key")
GROUP = Holder("log group", "/ecs/shop; rm", "arn:group", "arn:key", empty=True)
KEY = Holder("key", "alias/shop", "arn:key", state="Enabled")


def test_key_is_empty_only_if_nothing_needs_it() -> None:
    assert with_keys([], [KEY])[-1].empty
    needed = with_keys([TABLE, replace(TABLE, name="shop.1"), GROUP], [KEY])[-1]
    assert not needed.empty
    assert as_result(needed)["why"] == "it is needed by log group /ecs/shop; rm, table shop and 1 more"


def test_what_is_empty_is_foreseen_as_gone_only_if_it_was_named() -> None:
    theirs = replace(GROUP, named=False)
    assert foreseen([TABLE, GROUP, theirs], "") == [TABLE, theirs]


def test_only_the_deleted_table_is_foreseen_as_its_backup() -> None:
    other = replace(TABLE, name="shop.1")
    assert [one.kind for one in foreseen([TABLE, other], "shop")] == ["backup", "table"]


def test_patterns_are_of_whole_names() -> None:
    wanted = Wanted(("shop", "shop.*"), frozenset({"arn:key"}))
    assert [wanted.is_named(name) for name in ("shop", "shop.1", "shop-1", "myshop")] == [True, True, False, False]
    assert wanted.has("theirs", "arn:key")
    assert not Wanted((), frozenset()).has("shop", "")


def test_what_aws_removes_by_itself_costs_nothing_and_has_no_command() -> None:
    told = [as_result(replace(TABLE, kind="backup", state="SYSTEM")), as_result(replace(KEY, state="PendingDeletion"))]
    assert [(one["cost"], one["removal"]) for one in told] == [("nothing", "")] * 2
    assert told[0]["why"] == "DynamoDB has made it when shop was deleted, and deletes it 35 days later"


def test_a_key_that_goes_though_it_is_needed_is_told_with_the_way_out() -> None:
    told = as_result(with_keys([TABLE], [replace(KEY, state="PendingDeletion")])[-1])
    assert (
        "though it is needed by table shop; to keep that, aws kms cancel-key-deletion --key-id arn:key" in told["why"]
    )


def test_a_dry_run_foresees_which_keys_are_scheduled_for_deletion() -> None:
    assert with_keys([], [KEY], foresee=True)[-1].state == "PendingDeletion"
    assert with_keys([TABLE], [KEY], foresee=True)[-1].state == "Enabled"


def test_command_is_quoted() -> None:
    assert as_result(GROUP)["removal"] == "aws logs delete-log-group --log-group-name '/ecs/shop; rm'"
