# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""What a run of playbooks/teardown.yml is about, and what it removed: pure functions over plain data."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

# The roles in their order, each with those whose resources it cannot do without: what a service, an alarm, a backup
# plan or a load balancer uses is not taken away under it.
NEEDS_GONE: dict[str, tuple[str, ...]] = {
    "ecs_service": (),
    "data": ("ecs_service",),
    "security": ("ecs_service", "data"),
    "network": ("ecs_service", "security"),
}
# https://docs.ansible.com/ansible/latest/playbook_guide/playbooks_tags.html#special-tags
ALL = {"all", "tagged"}
# What names the item of a loop, besides its tag.
NAMES = ("name", "group_name", "service_name", "certificate_arn")
MOST_NAMES = 3


def teardown_scope(run_tags: Sequence[str], skip_tags: Sequence[str]) -> dict[str, list[str]]:
    """Return the roles that a run with these tags removes, those it leaves out, and which of these have to be gone."""
    selected = [
        role for role in NEEDS_GONE if (ALL & set(run_tags) or role in run_tags) and not {role, *ALL} & set(skip_tags)
    ]
    left_out = [role for role in NEEDS_GONE if role not in selected]
    needed = {need for role in selected for need in NEEDS_GONE[role]}
    return {"selected": selected, "left_out": left_out, "gone_before": [role for role in left_out if role in needed]}


def removed(parts: Iterable[Mapping[str, Any]]) -> list[str]:
    """Return in words what tasks removed, or would remove: of each part C(what) it is, and the C(result) of its task.

    A part is told if its task changed something. The items of a loop are told by their names, or counted.
    """
    return [line for part in parts for line in _told(str(part["what"]), part["result"])]


def _told(what: str, result: Mapping[str, Any]) -> Iterator[str]:
    if "results" not in result:
        if result.get("changed"):
            yield what
        return
    names = [_name(one["item"]) for one in result["results"] if one.get("changed")]
    if names:
        yield f"{what} {', '.join(names[:MOST_NAMES])}{_others(len(names) - MOST_NAMES)}"


def _others(number: int) -> str:
    return f" and {number} more" if number > 0 else ""


def _name(item: Any) -> str:
    if not isinstance(item, Mapping):
        return str(item)
    return str(next((item[key] for key in NAMES if item.get(key)), item.get("tags", {}).get("Name", "")))
