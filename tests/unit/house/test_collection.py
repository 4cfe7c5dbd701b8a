# SPDX-License-Identifier: GPL-3.0-or-later
"""What the collection offers, documents and uses is the same."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest
import yaml

from tests.unit.house.checkout import ROOT, files, load, shown

MODULES = [path for path in files((".py",), "plugins/modules") if path.name != "__init__.py"]
LOOKUPS = [path for path in files((".py",), "plugins/lookup") if path.name != "__init__.py"]
USERS = files((".yml", ".j2"), "roles", "playbooks", "inventories", "molecule")


class EachKeyOnce(yaml.SafeLoader):
    """Loads YAML; refuses a key that is given twice, be it by a merge, of which ansible-test complains."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        self.flatten_mapping(node)
        keys = [self.construct_object(key, deep=True) for key, _ in node.value]
        if twice := {key for key in keys if keys.count(key) > 1}:
            raise yaml.constructor.ConstructorError(None, None, f"given twice: {twice}", node.start_mark)
        return super().construct_mapping(node, deep)


def documentation(source: str) -> dict[str, Any]:
    """Return DOCUMENTATION, EXAMPLES and RETURN of a plugin, parsed."""
    found = {}
    for node in ast.parse(source).body:
        if isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            name = node.targets[0].id
            if name in ("DOCUMENTATION", "EXAMPLES", "RETURN"):
                found[name] = yaml.load(ast.literal_eval(node.value), EachKeyOnce)  # noqa: S506 -- a safe one
    return found


def of(path: Path) -> dict[str, Any]:
    return documentation(path.read_text(encoding="utf-8"))


def options_of(documented: dict[str, Any]) -> set[str]:
    """Return the documented options, those of the fragments included."""
    found = set(documented["options"])
    for fragment in documented.get("extends_documentation_fragment", []):
        namespace, collection, name, *variant = fragment.split(".")
        plugin = import_module(f"ansible_collections.{namespace}.{collection}.plugins.doc_fragments.{name}")
        text = getattr(plugin.ModuleDocFragment(), "".join(variant).upper() or "DOCUMENTATION")
        found |= set(yaml.safe_load(text).get("options", {}))
    return found


def complaints(plugin: str, docs: dict[str, Any]) -> Iterator[str]:
    documented = docs["DOCUMENTATION"]
    if plugin not in (documented.get("module"), documented.get("name")):
        yield "is documented under another name"
    for name, option in documented["options"].items():
        if not option.get("type") or not option.get("description"):
            yield f"option {name} has no type or description"
    for name, value in docs["RETURN"].items():
        if not value.get("type") or not value.get("description"):
            yield f"result {name} has no type or description"
    if f"palisade.ecs.{plugin}" not in repr(docs["EXAMPLES"]):
        yield "is not in its examples"
    for task in docs["EXAMPLES"]:
        unknown = task.get(f"palisade.ecs.{plugin}", {}).keys() - options_of(documented)
        yield from (f"example {task['name']!r} uses {name}" for name in sorted(unknown))


def outside_the_group(runtime: dict[str, Any], modules: set[str]) -> set[str]:
    members = runtime["action_groups"]["aws"]
    return modules ^ {member for member in members if isinstance(member, str)}


def used(text: str) -> dict[str, set[str]]:
    """Return what a file uses of the collection, by kind."""
    ours = r"palisade\.ecs\.(\w+)"
    patterns = {
        "filter": rf"\|\s*{ours}",
        "lookup": rf"(?:lookup|query|q)\('{ours}'",
        "module": rf"^\s*(?:- )?{ours}:",
        "role": rf"\b(?:name|role): {ours}",
    }
    return {kind: set(re.findall(pattern, text, re.MULTILINE)) for kind, pattern in patterns.items()}


def used_anywhere(kind: str) -> set[str]:
    return set().union(*(used(path.read_text(encoding="utf-8"))[kind] for path in USERS))


def offered_filters() -> set[str]:
    prefix = "ansible_collections.palisade.ecs.plugins.filter"
    return {
        name
        for path in files((".py",), "plugins/filter")
        for name in import_module(f"{prefix}.{path.stem}").FilterModule().filters()
    }


@pytest.mark.parametrize("path", [*MODULES, *LOOKUPS], ids=shown)
def test_plugin_is_documented_and_its_examples_use_documented_options(path: Path) -> None:
    assert list(complaints(path.stem, of(path))) == []


def test_every_module_is_in_the_action_group_that_sets_region_and_endpoint() -> None:
    runtime = load(ROOT / "meta" / "runtime.yml")
    assert MODULES
    assert outside_the_group(runtime, {path.stem for path in MODULES}) == set()
    extended = runtime["action_groups"]["aws"][0]["metadata"]["extend_group"]
    assert set(extended) == {"amazon.aws.aws", "community.aws.aws"}


def test_every_filter_that_is_offered_is_used_and_the_other_way_round() -> None:
    assert offered_filters() == used_anywhere("filter")


@pytest.mark.parametrize(
    ("kind", "directory"), [("lookup", "plugins/lookup"), ("module", "plugins/modules"), ("role", "roles")]
)
def test_what_playbooks_and_roles_use_is_there(kind: str, directory: str) -> None:
    there = {path.stem for path in (ROOT / directory).iterdir()}
    assert used_anywhere(kind)
    assert used_anywhere(kind) <= there


def test_names_that_are_looked_up_are_names_of_a_stack() -> None:
    names = import_module("ansible_collections.palisade.ecs.plugins.plugin_utils._stack_names")
    texts = [path.read_text(encoding="utf-8") for path in USERS]
    terms = {term for text in texts for term in re.findall(r"'palisade\.ecs\.names', '(\w+)'", text)}
    assert "table" in terms
    assert terms <= names.SHAPES.keys()


def test_every_name_of_a_stack_is_documented() -> None:
    names = import_module("ansible_collections.palisade.ecs.plugins.plugin_utils._stack_names")
    term = of(ROOT / "plugins" / "lookup" / "names.py")["DOCUMENTATION"]["options"]["_terms"]
    assert set(re.findall(r"V\((\w+)\)", " ".join(term["description"]))) == names.SHAPES.keys()


@pytest.mark.parametrize(
    ("old", "new", "complaint"),
    [
        ("module: ecr_image_info", "module: ecr_image", "is documented under another name"),
        ("repository: shop-dev", "repositori: shop-dev", "example 'Look for the image' uses repositori"),
        ("palisade.ecs.ecr_image_info:", "palisade.ecs.ecr:", "is not in its examples"),
        (
            "    type: str\n    required: true\n  digest:",
            "    required: true\n  digest:",
            "option repository has no type",
        ),
        ("  type: list\n  elements: dict", "  elements: dict", "result images has no type"),
    ],
)
def test_broken_documentation_is_found(old: str, new: str, complaint: str) -> None:
    source = (ROOT / "plugins" / "modules" / "ecr_image_info.py").read_text(encoding="utf-8")
    assert old in source
    (found,) = complaints("ecr_image_info", documentation(source.replace(old, new)))
    assert found.startswith(complaint)


def test_option_of_a_fragment_is_documented() -> None:
    assert {"region", "endpoint_url", "repository"} <= options_of(
        of(ROOT / "plugins" / "modules" / "ecr_image_info.py")["DOCUMENTATION"]
    )


def test_module_outside_the_action_group_is_found() -> None:
    runtime = {"action_groups": {"aws": [{"metadata": {}}, "one", "gone"]}}
    assert outside_the_group(runtime, {"one", "new"}) == {"new", "gone"}


@pytest.mark.parametrize(
    ("text", "kind"),
    [
        ("x: \"{{ y | palisade.ecs.thing('a') }}\"", "filter"),
        ("x: >-\n  {{ y |\n  palisade.ecs.thing }}", "filter"),
        ("that: query('palisade.ecs.thing') | length == 0", "lookup"),
        ("- name: Do it\n  palisade.ecs.thing:\n    a: 1", "module"),
        ("include_role: {name: palisade.ecs.thing, tasks_from: outputs}", "role"),
        ("- {role: palisade.ecs.thing, tags: thing}", "role"),
    ],
)
def test_use_is_told_by_its_kind(text: str, kind: str) -> None:
    assert {found: names for found, names in used(text).items() if names} == {kind: {"thing"}}


def test_a_key_that_an_example_gives_twice_is_refused() -> None:
    """The control."""
    for twice in ("{a: 1, a: 2}", "[&one {a: 1}, {<<: *one, a: 2}]"):
        with pytest.raises(yaml.constructor.ConstructorError, match="given twice"):
            documentation(f'EXAMPLES = "{twice}"')
