# SPDX-License-Identifier: GPL-3.0-or-later
"""However many tasks a run has, nothing piles up."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.warm.recording import Laboratory, Recording, Run, Stack, this_stack

# The first tasks import what later ones have.
WARMED_UP = 20
# What ansible-core itself keeps of each result is in it.
MOST_KIB_PER_TASK = 20
Make = Callable[[Stack], Laboratory]


def task(number: int) -> dict[str, Any]:
    """Return a task: of ten, one asks AWS, one crashes, one is killed, and one loops."""
    ways: dict[int, dict[str, Any]] = {
        0: {"amazon.aws.aws_caller_info": {}},
        3: {"palisade_test.odd.misbehave": {"how": "crash"}, "ignore_errors": True},
        5: {"palisade_test.odd.misbehave": {"how": "kill"}, "ignore_errors": True},
        7: {"palisade_test.odd.measure": {}, "loop": [1, 2, 3]},
    }
    return {"name": f"Task {number}"} | ways.get(number % 10, {"palisade_test.odd.say": {"text": str(number)}})


def playbook(path: Path, tasks: list[dict[str, Any]], hosts: str = "here") -> Path:
    """Write a playbook."""
    path.write_text(json.dumps([{"hosts": hosts, "gather_facts": False, "tasks": tasks}]), encoding="utf-8")
    return path


def processes_of(directory: Path) -> list[int]:
    """Return the processes that have a directory in their environment."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                environment = (entry / "environ").read_bytes()
            except OSError:
                continue
            found += [int(entry.name)] if bytes(directory) in environment else []
    return found


def run_many(laboratory: Laboratory, count: int) -> Recording:
    """Run many tasks warm, and look for what they left."""
    laboratory.clear()
    many = playbook(laboratory.directory / "many.yml", [task(number) for number in range(count)])
    recording = laboratory.run(Run(many), "warm")
    assert recording.code == 0, recording.output[-20:]
    assert len(recording.tasks()) == count
    assert recording.interpreters == ["python ansible-playbook"]
    assert processes_of(laboratory.directory) == []
    assert list((laboratory.directory / "tmp").iterdir()) == []
    return recording


def assert_nothing_piles_up(recording: Recording) -> None:
    first, last = recording.processes[WARMED_UP], recording.processes[-1]
    assert last["descriptors"] <= first["descriptors"]
    assert last["threads"] <= first["threads"]
    # A worker is reaped when its successor starts.
    assert max(process["zombies"] for process in recording.processes) <= 1
    grown = last["resident_kib"] - first["resident_kib"]
    assert grown < MOST_KIB_PER_TASK * (len(recording.processes) - WARMED_UP)


def measured(recording: Recording, key: str) -> list[int]:
    return [line["result"][key] for line in map(json.loads, recording.results) if key in line["result"]]


def test_hundred_tasks_leave_nothing(laboratory: Make) -> None:
    recording = run_many(laboratory(this_stack()), 100)
    assert_nothing_piles_up(recording)
    assert len(set(measured(recording, "descriptors"))) == 1


@pytest.mark.nightly
def test_thousand_tasks_leave_nothing(laboratory: Make, stack: Stack) -> None:
    recording = run_many(laboratory(stack), 1000)
    assert_nothing_piles_up(recording)
    assert len(set(measured(recording, "descriptors"))) == 1


def test_hundred_items_of_a_loop_leave_nothing(laboratory: Make) -> None:
    bench = laboratory(this_stack())
    bench.clear()
    loop = {"name": "Loop", "palisade_test.odd.measure": {}, "loop": list(range(100))}
    recording = bench.run(Run(playbook(bench.directory / "loop.yml", [loop])), "warm")
    descriptors = measured(recording, "descriptors")
    assert len(descriptors) == 100
    assert len(set(descriptors)) == 1
    assert measured(recording, "files") == [[]] * 100
    resident = measured(recording, "resident_kib")
    assert resident[-1] - resident[WARMED_UP] < MOST_KIB_PER_TASK * 80


def test_growth_is_found() -> None:
    steady = {"descriptors": 12, "threads": 2, "zombies": 0, "resident_kib": 60_000}
    for grown in ({"descriptors": 13}, {"threads": 3}, {"zombies": 2}, {"resident_kib": 70_000}):
        assert_nothing_piles_up(Recording([], [], [], 0, [], [steady] * 100))
        with pytest.raises(AssertionError):
            assert_nothing_piles_up(Recording([], [], [], 0, [], [*[steady] * 99, steady | grown]))
