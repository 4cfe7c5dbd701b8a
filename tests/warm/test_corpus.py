# SPDX-License-Identifier: GPL-3.0-or-later
"""Warm execution gives the results of the stock, byte for byte."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Iterable
from pathlib import Path

import pytest

from tests.unit.house.checkout import files
from tests.warm.comparison import CORPUS, FULL, LONGER, LONGEST, SHORT, compare
from tests.warm.recording import Laboratory, Mode, Recording, Run, Stack, this_stack

# What runs the usual way although warm execution is on: an interpreter is started for each, with a file of this name.
FALLBACKS = {"fallbacks.yml": {"say": 6, "misbehave": 1, "nap": 1, "old_style": 1}}
LONGEST_FALLBACKS = {"keywords.yml": {"say": 1, "slurp": 1}}
# As often as somebody asks whether an asynchronous task has ended.
ASKED = "async_status"
MOST_KIB_MORE = 150 * 1024
Make = Callable[[Stack], Laboratory]


def record(laboratory: Laboratory, runs: list[Run], mode: Mode) -> list[Recording]:
    """Run playbooks one after the other on an embedded AWS that was empty before."""
    laboratory.clear()
    return [laboratory.run(run, mode) for run in runs]


def both(laboratory: Laboratory, runs: list[Run]) -> tuple[list[Recording], list[Recording]]:
    """Run playbooks stock and warm; fail with every difference, by run."""
    stock, warm = record(laboratory, runs, "stock"), record(laboratory, runs, "warm")
    found = {run.name: list(compare(*pair)) for run, *pair in zip(runs, stock, warm, strict=True)}
    told = [f"=== {name}\n" + "\n".join(lines[:20]) for name, lines in found.items() if lines]
    assert not told, "\n".join(told)
    return stock, warm


def started(recording: Recording) -> Counter[str]:
    """Return the modules for which an interpreter was started, with how often."""
    files_run = [line.split()[-1] for line in recording.interpreters]
    names = [found[1] for file in files_run if (found := re.fullmatch(r"AnsiballZ_(\w+)\.py", file))]
    return Counter(name for name in names if name != ASKED)


def assert_ran_the_usual_way(runs: list[Run], warm: list[Recording], expected: dict[str, dict[str, int]]) -> None:
    """Fail unless just these modules had an interpreter started for them."""
    found = {run.playbook.name: started(recording) for run, recording in zip(runs, warm, strict=True)}
    assert {name: modules for name, modules in found.items() if modules} == expected


def most_memory(recordings: list[Recording]) -> int:
    """Return how many KiB the process that runs a playbook had at most."""
    return max(process["resident_kib"] for recording in recordings for process in recording.processes)


@pytest.mark.parametrize(
    ("runs", "fallbacks", "least_tasks"),
    [
        pytest.param(SHORT, {}, 9, id="short"),
        pytest.param(LONGER, FALLBACKS, 80, id="longer", marks=pytest.mark.full),
        pytest.param(LONGEST, LONGEST_FALLBACKS, 40, id="longest", marks=pytest.mark.nightly),
    ],
)
def test_corpus(laboratory: Make, runs: list[Run], fallbacks: dict[str, dict[str, int]], least_tasks: int) -> None:
    stock, warm = both(laboratory(this_stack()), runs)
    assert_ran_the_usual_way(runs, warm, fallbacks)
    assert min(started(recording).total() for recording in stock) > 0
    assert most_memory(warm) - most_memory(stock) < MOST_KIB_MORE
    assert len(set().union(*(recording.tasks() for recording in stock))) >= least_tasks


@pytest.mark.nightly
def test_full_corpus(laboratory: Make, stack: Stack) -> None:
    stock, _ = both(laboratory(stack), FULL)
    assert all(recording.results for recording in stock)


def used_modules(text: str) -> set[str]:
    """Return the modules of AWS collections that a text names as the module of a task."""
    return set(re.findall(r"^\s*(?:- )?((?:amazon\.aws|community\.aws|palisade\.ecs)\.\w+):", text, re.MULTILINE))


def modules_in(paths: Iterable[Path]) -> set[str]:
    return set().union(*(used_modules(path.read_text(encoding="utf-8")) for path in paths))


def test_corpus_has_every_module_that_the_roles_use() -> None:
    used = modules_in(files((".yml",), "roles", "playbooks"))
    assert len(used) > 30
    assert used - modules_in(CORPUS.glob("*.yml")) == set()


def test_module_outside_the_corpus_is_found() -> None:
    assert used_modules("  amazon.aws.ec2_key:\n- community.aws.x: {}\n# amazon.aws.y\nx: amazon.aws.z") == {
        "amazon.aws.ec2_key",
        "community.aws.x",
    }
