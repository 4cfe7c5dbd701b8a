# SPDX-License-Identifier: GPL-3.0-or-later
"""However a run ends, nothing of it goes on; and nothing holds it up for ever."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.integration.warm.playbooks import command, environment, run, task, write

LONG = 30.0


def until(holds: Callable[[], object], bound: float = LONG) -> bool:
    """Wait until something holds, and say whether it came to that."""
    end = time.monotonic() + bound
    while time.monotonic() < end:
        if holds():
            return True
        time.sleep(0.05)
    return False


def alive(process: int) -> bool:
    """Say whether a process runs; a dead one that nobody has asked about does not."""
    try:
        return Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False


def parent_of(process: int) -> int:
    return int(Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[1])


@contextmanager
def running(directory: Path) -> Iterator[tuple[subprocess.Popen[str], int]]:
    """Start a playbook whose module waits, and yield Ansible and the module's process."""
    write(directory, [task("wait")])
    ansible = subprocess.Popen(
        command(),
        cwd=directory,
        env=environment(directory, warm=True),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    pids = directory / "pids"
    module = 0
    try:
        assert until(lambda: pids.exists() and pids.read_text(encoding="utf-8"))
        module = int(pids.read_text(encoding="utf-8"))
        yield ansible, module
    finally:
        for process in filter(alive, (ansible.pid, module)):
            os.kill(process, signal.SIGKILL)
        ansible.communicate()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_module_ends_with_ansible(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as (ansible, module):
        worker = parent_of(module)
        assert parent_of(worker) == ansible.pid, "the module did not run in a fork of the worker"
        os.kill(ansible.pid, number)
        assert until(lambda: not alive(module))
        assert until(lambda: not alive(worker))
        ansible.wait(LONG)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_module_ends_with_its_worker(tmp_path: Path, number: signal.Signals) -> None:
    with running(tmp_path) as (_, module):
        os.kill(parent_of(module), number)
        assert until(lambda: not alive(module))


def test_timeout_ends_the_module_and_reads_as_ever(tmp_path: Path) -> None:
    write(tmp_path, [task("wait", timeout=2)])
    results = {}
    for warm in (False, True):
        (results[warm],) = run(tmp_path, warm=warm).of("wait")
        module = int((tmp_path / "pids").read_text(encoding="utf-8"))
        if warm:
            assert not alive(module)
        else:
            os.kill(module, signal.SIGKILL)  # the stock path lets it go on
    assert results[True]["result"]["timedout"]["period"] == 2
    assert results[True] == results[False]


def test_process_that_a_module_leaves_behind_holds_nothing_up(tmp_path: Path) -> None:
    write(tmp_path, [task("daemon"), task("nothing")])
    found = run(tmp_path, warm=True)
    left = int((tmp_path / "pids").read_text(encoding="utf-8"))
    try:
        assert alive(left)
        assert [result["event"] for result in found.results] == ["ok", "ok"]
    finally:
        os.kill(left, signal.SIGKILL)


def test_many_tasks_leave_nothing(tmp_path: Path) -> None:
    write(tmp_path, [task("descriptors", loop=list(range(100)))])
    found = run(tmp_path, warm=True).of("descriptors")
    assert [item["others"] for item in found[0]["result"]["results"]] == [[]] * 100
