# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever ends a run ends its modules, too."""

from __future__ import annotations

import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.site import CHECKOUT, wait_until
from tests.warm.recording import Laboratory, Mode, Run, Stack, this_stack
from tests.warm.test_many_tasks import playbook, processes_of

Make = Callable[[Stack], Laboratory]


def alive(process: int) -> bool:
    """Say whether a process runs."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rsplit(")", 1)[1].split()[0] != "Z"
    except FileNotFoundError:
        return False


def end_by(send: Callable[[int], None], bench: Laboratory, mode: Mode) -> tuple[int, list[str]]:
    """Run a task that sleeps, end the run, and return its code and what it said; its module must have ended, too."""
    bench.clear()
    note = bench.scratch / "note"
    nap = {"name": "Nap", "palisade_test.odd.nap": {"seconds": 300, "note": str(note)}}
    book = playbook(bench.directory / "nap.yml", [nap])
    environment = bench.environment(mode)
    with subprocess.Popen(
        bench.command(Run(book)),
        cwd=CHECKOUT,
        env=environment,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    ) as run:
        module = int(wait_until(lambda: note.exists() and note.read_text(encoding="utf-8"), 60, "the module sleeps"))
        send(run.pid)
        output, _ = run.communicate(timeout=60)
    if mode == "warm":
        wait_until(lambda: not alive(module), 10, "the module has ended")
        wait_until(lambda: not processes_of(bench.directory), 10, "all processes have ended")
    else:
        for process in processes_of(bench.directory):
            os.kill(process, signal.SIGKILL)
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
