# SPDX-License-Identifier: GPL-3.0-or-later
"""The argument specification of a role says what its defaults say."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.house.checkout import ROOT, files, load

ROLES = sorted(path.parent for path in ROOT.glob("roles/*/meta"))
OPTION = {"type": "int", "default": 2, "description": "How many."}


def complaints(defaults: dict[str, Any], options: dict[str, dict[str, Any]]) -> Iterator[str]:
    for name in defaults.keys() - options.keys():
        yield f"{name} has a default and no specification"
    for name, option in options.items():
        if name in defaults and is_template_of_another_type(option, defaults[name]):
            yield from template_complaints(name, option, defaults[name])
        elif name in defaults:
            # 1 and True are equal in Python, and not the same in YAML.
            if repr(option.get("default")) != repr(defaults[name]) or "default" not in option:
                yield f"{name} has another default in the specification"
        elif "default" in option or not option.get("required"):
            yield f"{name} has no default and is not required"
        yield from (f"{name} has no {key}" for key in ("type", "description") if not option.get(key))


def is_template_of_another_type(option: dict[str, Any], default: Any) -> bool:
    return isinstance(default, str) and "{{" in default and option.get("type") != "str"


def template_complaints(name: str, option: dict[str, Any], default: str) -> Iterator[str]:
    """A specification takes no text as the default of a dictionary: its description says where the value comes from."""
    if option.get("required") or "default" in option:
        yield f"{name} has a template as its default, which a specification cannot have"
    source = re.findall(r"[a-z]\w*", default)[0]
    if not any(f"{mark}({source})" in option.get("description", "") for mark in "OV"):
        yield f"{name} is not said to come from {source} by default"


def misnamed(role: str, options: dict[str, Any]) -> list[str]:
    return [name for name in options if not name.startswith(f"{role}_")]


def specifications(role: Path) -> dict[str, dict[str, Any]]:
    entry_points: dict[str, dict[str, Any]] = load(role / "meta" / "argument_specs.yml")["argument_specs"]
    return entry_points


def test_all_four_roles_are_looked_at() -> None:
    assert {"network", "security", "data", "ecs_service"} <= {role.name for role in ROLES}


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_specification_and_defaults_agree(role: Path) -> None:
    options = specifications(role)["main"]["options"]
    assert list(complaints(load(role / "defaults" / "main.yml"), options)) == []
    assert misnamed(role.name, options) == []


@pytest.mark.parametrize("role", ROLES, ids=lambda role: role.name)
def test_every_entry_point_shares_the_options_and_has_its_tasks(role: Path) -> None:
    entry_points = specifications(role)
    for name, entry_point in entry_points.items():
        assert entry_point["options"] == entry_points["main"]["options"], name
        assert entry_point["short_description"]
        assert (role / "tasks" / f"{name}.yml").is_file()
    assert "outputs" in entry_points


def entry_points_used(tasks: Any) -> Iterator[tuple[str, str]]:
    """Find what {import,include}_role names, at any depth."""
    if isinstance(tasks, list):
        for task in tasks:
            yield from entry_points_used(task)
    elif isinstance(tasks, dict):
        for key, value in tasks.items():
            if key in ("ansible.builtin.import_role", "ansible.builtin.include_role"):
                yield value["name"].rsplit(".", 1)[-1], value.get("tasks_from", "main")
            else:
                yield from entry_points_used(value)


def test_every_entry_point_that_is_used_has_a_specification() -> None:
    used = {use for path in files((".yml",), "playbooks", "roles") for use in entry_points_used(load(path))}
    assert ("network", "outputs") in used
    missing = {(role, name) for role, name in used if name not in specifications(ROOT / "roles" / role)}
    assert missing == set()


@pytest.mark.parametrize(
    ("defaults", "options", "complaint"),
    [
        ({"a": 2}, {}, "a has a default and no specification"),
        ({"a": 3}, {"a": OPTION}, "a has another default in the specification"),
        ({"a": True}, {"a": {**OPTION, "default": 1}}, "a has another default in the specification"),
        ({"a": None}, {"a": {**OPTION, "default": ""}}, "a has another default in the specification"),
        ({}, {"a": OPTION}, "a has no default and is not required"),
        ({}, {"a": {"type": "int", "description": "How many."}}, "a has no default and is not required"),
        (
            {"a": "{{ b }}"},
            {"a": {"type": "dict", "description": "V(c)."}},
            "a is not said to come from b by default",
        ),
        (
            {"a": "{{ b }}"},
            {"a": {"type": "dict", "default": "{{ b }}", "description": "By default V(b)."}},
            "a has a template as its default, which a specification cannot have",
        ),
        ({"a": 2}, {"a": {"default": 2, "description": "How many."}}, "a has no type"),
        ({"a": 2}, {"a": {"default": 2, "type": "int"}}, "a has no description"),
    ],
)
def test_disagreement_is_found(defaults: dict[str, Any], options: dict[str, Any], complaint: str) -> None:
    assert list(complaints(defaults, options)) == [complaint]


def test_required_option_without_default_agrees() -> None:
    assert list(complaints({}, {"a": {"type": "str", "required": True, "description": "Which."}})) == []


def test_option_without_the_prefix_of_its_role_is_found() -> None:
    assert misnamed("data", {"data_tags": OPTION, "tags": OPTION}) == ["tags"]
