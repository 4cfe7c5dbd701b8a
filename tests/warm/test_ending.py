# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever ends a run ends its modules, too."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

from emulator.identity import start_mark
from tests.e2e.site import CHECKOUT, wait_until
from tests.warm.recording import Laboratory, Mode, Run, Stack, this_stack
from tests.warm.test_many_tasks import playbook, processes_of

Make = Callable[[Stack], Laboratory]


def alive(process: int) -> bool:
    """Say whether a process runs; a zombie does not."""
    return start_mark(process) is not None


def parent_of(process: int) -> int:
    """Return the parent of a process."""
    return int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[1])


@contextmanager
def napping(bench: Laboratory, mode: Mode) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Run a task that sleeps, and yield Ansible and the process of the module; nothing of it stays."""
    bench.clear()
    note = bench.scratch / "note"
    nap = {"name": "Nap", "palisade_test.odd.nap": {"seconds": 300, "note": str(note)}}
    book = playbook(bench.directory / "nap.yml", [nap])
    with subprocess.Popen(
        bench.command(Run(book)),
        cwd=CHECKOUT,
        env=bench.environment(mode),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        try:
            yield (
                run,
                int(wait_until(lambda: note.exists() and note.read_text(encoding="utf-8"), 60, "the module sleeps")),
            )
        finally:
            for process in processes_of(bench.directory):
                with suppress(ProcessLookupError):  # it has ended meanwhile
                    os.kill(process, signal.SIGKILL)


def end_by(send: Callable[[int], None], bench: Laboratory, mode: Mode) -> tuple[int, list[str]]:
    """End a run whose module sleeps, and return its code and what it said; its module must have ended, too."""
    with napping(bench, mode) as (run, module):
        send(run.pid)
        output, _ = run.communicate(timeout=60)
        if mode == "warm":  # the stock lets a module go on in some cases
            wait_until(lambda: not alive(module), 10, "the module has ended")
            wait_until(lambda: not processes_of(bench.directory), 10, "all processes have ended")
    return run.returncode, [line for line in output.splitlines() if line]


@pytest.mark.parametrize(
    "send",
    [
        pytest.param(lambda process: os.killpg(process, signal.SIGINT), id="ctrl-C"),
        pytest.param(lambda process: os.kill(process, signal.SIGINT), id="SIGINT"),
        pytest.param(lambda process: os.kill(process, signal.SIGTERM), id="SIGTERM"),
    ],
)
def test_end_of_a_run_ends_its_module_and_says_what_the_stock_says(
    laboratory: Make, send: Callable[[int], None]
) -> None:
    bench = laboratory(this_stack())
    assert end_by(send, bench, "warm") == end_by(send, bench, "stock")


def test_module_is_a_fork_of_the_worker_and_dies_with_ansible(laboratory: Make) -> None:
    with napping(laboratory(this_stack()), "warm") as (run, module):
        worker = parent_of(module)
        assert parent_of(worker) == run.pid
        run.kill()
        wait_until(lambda: not alive(module), 10, "the module has ended")
        wait_until(lambda: not alive(worker), 10, "the worker has ended")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_module_dies_with_its_worker(laboratory: Make, number: signal.Signals) -> None:
    with napping(laboratory(this_stack()), "warm") as (_, module):
        os.kill(parent_of(module), number)
        wait_until(lambda: not alive(module), 10, "the module has ended")


def test_timeout_of_a_task_ends_its_module(laboratory: Make) -> None:
    bench = laboratory(this_stack())
    bench.clear()
    note = bench.directory / "note"
    nap = {"name": "Nap", "palisade_test.odd.nap": {"seconds": 300, "note": str(note)}, "timeout": 5}
    recording = bench.run(Run(playbook(bench.directory / "nap.yml", [nap])), "warm")
    assert recording.code == 2
    module = int(note.read_text(encoding="utf-8"))
    wait_until(lambda: not alive(module), 10, "the module has ended")
