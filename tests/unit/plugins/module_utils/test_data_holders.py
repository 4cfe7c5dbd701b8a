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


def test_command_is_quoted() -> None:
    assert as_result(GROUP)["removal"] == "aws logs delete-log-group --log-group-name '/ecs/shop; rm'"
