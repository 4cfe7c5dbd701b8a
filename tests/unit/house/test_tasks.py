# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks are named by component, and their files are short."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.unit.house.checkout import ROOT, files, load, shown

LONGEST = 250
LONGEST_CONTENTS = 39
LONGEST_COMPONENT = 79
TASK_FILES = [path for path in files((".yml",), "roles", "playbooks") if path.parent.name == "tasks"]
TABLES_OF_CONTENTS = [path for path in TASK_FILES if path.name == "main.yml"]
COMPONENTS = [path for path in TASK_FILES if path.name != "main.yml"]
# Tags are set in playbooks/site.yml only, and an error that is ignored is found by nobody.
FORBIDDEN = {"ignore_errors", "tags"}
ROLES = sorted(path.name for path in (ROOT / "roles").iterdir())
PLAYBOOKS = files((".yml", ".j2"), "playbooks")


def tasks_in(tasks: list[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    for task in tasks:
        yield task
        for section in ("block", "rescue", "always"):
            yield from tasks_in(task.get(section, []))


def misnamed(component: str, tasks: list[dict[str, Any]]) -> list[Any]:
    pattern = re.compile(rf"{re.escape(component)} \| [A-Z].*[^.]")
    return [task.get("name") for task in tasks_in(tasks) if not pattern.fullmatch(task.get("name") or "")]


def not_an_import(tasks: list[dict[str, Any]]) -> list[Any]:
    allowed = {"ansible.builtin.import_tasks", "ansible.builtin.include_role", "ansible.builtin.import_role"}
    return [task.get("name") for task in tasks if not allowed & task.keys() or not task.get("name")]


def forbidden(tasks: list[dict[str, Any]]) -> list[str]:
    return [f"{task.get('name')}: {key}" for task in tasks_in(tasks) for key in sorted(FORBIDDEN & task.keys())]


def too_long(path: Path, limit: int) -> str:
    lines = len(path.read_bytes().splitlines())
    return f"{path.name}: {lines} lines" if lines > limit else ""


def internals_of_roles(text: str) -> list[str]:
    return re.findall(rf"\b__(?:{'|'.join(ROLES)})_\w+", text)


def test_every_kind_of_file_is_looked_at() -> None:
    assert len(TABLES_OF_CONTENTS) >= 4
    assert {"subnets.yml", "service.yml", "account_guard.yml"} <= {path.name for path in COMPONENTS}


@pytest.mark.parametrize("path", COMPONENTS, ids=shown)
def test_component_names_its_tasks_after_itself(path: Path) -> None:
    assert misnamed(path.stem, load(path)) == []


def test_components_are_short() -> None:
    assert [found for path in COMPONENTS if (found := too_long(path, LONGEST_COMPONENT))] == []


@pytest.mark.parametrize("path", TABLES_OF_CONTENTS, ids=shown)
def test_main_is_a_table_of_contents(path: Path) -> None:
    assert not_an_import(load(path)) == []
    assert too_long(path, LONGEST_CONTENTS) == ""


@pytest.mark.parametrize("path", TASK_FILES, ids=shown)
def test_no_task_has_a_tag_or_ignores_errors(path: Path) -> None:
    assert forbidden(load(path)) == []


@pytest.mark.parametrize("path", PLAYBOOKS, ids=shown)
def test_playbook_reads_what_roles_publish_only(path: Path) -> None:
    assert internals_of_roles(path.read_text(encoding="utf-8")) == []


def test_no_source_is_longer_than_a_person_reads() -> None:
    sources = files((".py", ".yml", ".j2", ".html", ".css"), "roles", "plugins", "emulator", "playbooks", "app/src")
    assert len(sources) > 50
    assert [f"{shown(path)}: too long" for path in sources if too_long(path, LONGEST)] == []


@pytest.mark.parametrize("name", [None, "", "Create a table", "table: Create", "other | Create", "table | create it"])
def test_name_without_component_is_found_at_any_depth(name: str | None) -> None:
    good, bad = {"name": "table | Create it"}, {"name": name}
    assert misnamed("table", [good]) == []
    assert misnamed("table", [{**good, "block": [good], "rescue": [bad]}]) == [name]


def test_work_in_a_table_of_contents_is_found() -> None:
    contents = [{"name": "Make it", "ansible.builtin.import_tasks": "it.yml"}]
    assert not_an_import(contents) == []
    assert not_an_import([*contents, {"name": "Say it", "ansible.builtin.debug": {}}]) == ["Say it"]


def test_internal_variable_of_a_role_is_found() -> None:
    assert internals_of_roles("{{ ecs_service_outputs.service }} {{ __restore_done }}") == []
    assert internals_of_roles("{{ __ecs_service_names.service }}") == ["__ecs_service_names"]


@pytest.mark.parametrize("key", sorted(FORBIDDEN))
def test_forbidden_keyword_is_found(key: str) -> None:
    assert forbidden([{"name": "a", "always": [{"name": "b", key: True}]}]) == [f"b: {key}"]


def test_file_that_is_too_long_is_found(tmp_path: Path) -> None:
    path = tmp_path / "long.yml"
    path.write_text("---\n" * LONGEST)
    assert too_long(path, LONGEST) == ""
    path.write_text("---\n" * (LONGEST + 1))
    assert too_long(path, LONGEST) == "long.yml: 251 lines"


def test_generated_files_are_not_looked_at() -> None:
    assert not any(path.is_relative_to(ROOT / directory) for path in files() for directory in (".run", "collections"))
