# SPDX-License-Identifier: GPL-3.0-or-later
"""A module that runs warm leaves what it leaves when it runs as Ansible always ran it."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from tests.integration.warm.playbooks import Run, run, task, write

BEHAVIOURS = [
    "crash", "garbage", "no_json", "words", "silence", "no_end", "fall_through", "killed", "segmentation",
    "interrupted", "grandchild", "fail", "warn", "crash_late", "surroundings", "descriptors", "change",
]  # fmt: skip
SECRET = "not to be seen"
TASKS = [
    *map(task, BEHAVIOURS),
    task("large", arguments={"count": 3_000_000}),
    task("change", name="check", check_mode=True, diff=True),
    task("change", name="secret in arguments", arguments={"secret": SECRET}),
    task("fail", name="secret in failure", arguments={"secret": SECRET}),
    task("change", name="no_log", arguments={"secret": SECRET}, no_log=True),
    task("nothing", name="wrong arguments", arguments={"count": "many", "unknown": 1}),
    task("change", name="loop", loop=[1, 2], arguments={"count": "{{ item }}"}, loop_control={"label": "{{ item }}"}),
    task("change", name="until", register="tried", until="tried is failed", retries=1, delay=0),
    task("change", name="failed_when", failed_when=True),
    task("change", name="changed_when", changed_when=False),
    task("surroundings", name="environment", environment={"ADDED": "a b'c", "PATH": "/nowhere:/bin", "NUMBER": 3}),
    task("surroundings", name="read at start", environment={"PYTHONHASHSEED": "0", "LC_ALL": "C"}),
    task("surroundings", name="delegated", delegate_to="localhost"),
]
# What differs from one run to the next, stock or not.
CHANCE = [
    (re.compile(r"/ansible-tmp-[\d.]+-\d+-\d+"), "/ansible-tmp"),
    (re.compile(r"/\S*_payload_\w+/\S*_payload\.zip"), "<installed>"),
    (re.compile(r"(?m)^  File .*\n(?:    .*\n)*"), ""),
    (re.compile(r"/[^ \"]*?(?=/ansible_collections/palisade_check)"), "<installed>"),
]


def plain(value: Any) -> Any:
    """Return a value without what is different each time."""
    if isinstance(value, dict):
        return {key: plain(item) for key, item in value.items() if key != "PALISADE_WARM"}
    if isinstance(value, list):
        return [plain(item) for item in value]
    if isinstance(value, str):
        for pattern, text in CHANCE:
            value = pattern.sub(text, value)
    return value


@pytest.fixture(scope="module")
def runs(tmp_path_factory: pytest.TempPathFactory) -> dict[bool, Run]:
    """Run all tasks both ways, in the same directory: it is part of some results."""
    directory = tmp_path_factory.mktemp("results")
    write(directory, TASKS)
    return {warm: run(directory, "-vvvv", warm=warm) for warm in (False, True)}


@pytest.mark.parametrize("name", [entry["name"] for entry in TASKS])
def test_results_are_the_same(runs: dict[bool, Run], name: str) -> None:
    stock, warm = (plain(runs[way].of(name)) for way in (False, True))
    assert stock
    assert warm == stock


def test_nearly_all_ran_warm(runs: dict[bool, Run]) -> None:
    refused = [line for line in runs[True].output.splitlines() if "takes the stock path" in line]
    assert len(refused) == 1
    assert refused[0].endswith("PYTHONHASHSEED is read when a process starts")
    assert "EXEC" in runs[False].output
    # The shells that remain: the refused task's own, and one for each signal that a module died of.
    assert runs[True].output.count(" EXEC ") < runs[False].output.count(" EXEC ") / 10


def test_warnings_are_the_same(runs: dict[bool, Run]) -> None:
    stock, warm = (
        plain(re.findall(r"\[(?:WARNING|DEPRECATION WARNING)\][^\n]*", runs[way].output)) for way in (False, True)
    )
    assert any("a warning" in line for line in stock)
    assert warm == stock


def test_secrets_stay_secret(runs: dict[bool, Run]) -> None:
    assert SECRET in str(TASKS)
    assert SECRET not in runs[True].output


def test_temporary_directory_is_of_the_task_and_goes_with_it(tmp_path: Path) -> None:
    write(tmp_path, [task("tmpdir")])
    places = {}
    for warm in (False, True):
        (result,) = run(tmp_path, warm=warm).of("tmpdir")
        places[warm] = result["result"]["found"]
        assert not Path(places[warm]["place"]).exists()
    assert plain(places[True] | {"there": []}) == plain(places[False] | {"there": []})
