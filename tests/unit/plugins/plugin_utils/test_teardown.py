# SPDX-License-Identifier: GPL-3.0-or-later
"""What a teardown with tags is about, and how it tells what it removed."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._teardown import removed, teardown_scope

ROLES = ["ecs_service", "data", "security", "network"]


@pytest.mark.parametrize("tags", [["all"], ["tagged"], ["network", "data", "security", "ecs_service"]])
def test_a_run_of_all_roles_needs_nothing_gone_before(tags: list[str]) -> None:
    assert teardown_scope(tags, []) == {"selected": ROLES, "left_out": [], "gone_before": []}


@pytest.mark.parametrize(
    ("tags", "gone_before"),
    [
        (["ecs_service"], []),
        (["data"], ["ecs_service"]),
        (["security"], ["ecs_service", "data"]),
        (["network"], ["ecs_service", "security"]),
        (["network", "security"], ["ecs_service", "data"]),
        (["ecs_service", "network"], ["security"]),
    ],
)
def test_a_role_needs_those_gone_that_use_what_it_removes(tags: list[str], gone_before: list[str]) -> None:
    assert teardown_scope(tags, [])["gone_before"] == gone_before


def test_a_role_that_is_skipped_is_left_out() -> None:
    scope = teardown_scope(["all"], ["ecs_service"])
    assert (scope["left_out"], scope["gone_before"]) == (["ecs_service"], ["ecs_service"])


def part(result: Any) -> list[str]:
    return removed([{"what": "alarms", "result": result}])


def test_only_what_was_changed_is_told() -> None:
    assert part({"changed": True}) == ["alarms"]
    assert part({"changed": False}) == part({"skipped": True}) == part({"results": []}) == []
    assert part({"results": [{"item": "a", "changed": False}, {"item": "b", "changed": True}]}) == ["alarms b"]


def test_many_are_counted() -> None:
    assert part({"results": [{"item": name, "changed": True} for name in "abcde"]}) == ["alarms a, b, c and 2 more"]


@pytest.mark.parametrize("item", ["a", {"name": "a", "tags": {"Name": "b"}}, {"tags": {"Name": "a"}}])
def test_items_are_told_by_their_names(item: Any) -> None:
    assert part({"results": [{"item": item, "changed": True}]}) == ["alarms a"]
