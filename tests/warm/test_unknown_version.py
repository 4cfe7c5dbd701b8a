# SPDX-License-Identifier: GPL-3.0-or-later
"""Under an ansible-core that nobody compared, everything runs the usual way, and one message says so."""

from __future__ import annotations

from collections.abc import Callable

from tests.warm.recording import Laboratory, Run, Stack, this_stack
from tests.warm.test_many_tasks import playbook

Make = Callable[[Stack], Laboratory]
TASKS = [{"name": f"Task {number}", "palisade_test.odd.say": {"text": str(number)}} for number in range(3)]


def test_unknown_version_runs_the_usual_way_and_says_so_once(laboratory: Make) -> None:
    bench = laboratory(this_stack())
    bench.clear()
    book = playbook(bench.directory / "tasks.yml", TASKS)
    stock = bench.run(Run(book), "stock")
    unknown = bench.run(Run(book, variables={"PALISADE_TEST_CORE": "2.99.0"}), "warm")
    assert unknown.interpreters == stock.interpreters
    assert len(unknown.interpreters) == 1 + len(TASKS)
    assert (unknown.code, unknown.results, unknown.output) == (0, stock.results, stock.output)
    said = " ".join(line for line in unknown.errors if line not in stock.errors)
    assert said.count("palisade.ecs.warm: all tasks take the stock path: ansible-core 2.99.0 is not one of") == 1
