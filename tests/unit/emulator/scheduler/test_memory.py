# SPDX-License-Identifier: GPL-3.0-or-later
"""How much memory processes use, and may use."""

from __future__ import annotations

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest

from emulator.scheduler import memory

HOLD = "held = b'x' * (64 << 20); print('held', flush=True); input()"
HAND_ON = "import subprocess, sys; sys.exit(subprocess.run([sys.executable, '-c', sys.argv[1]]).returncode)"


@pytest.mark.parametrize("program", [[HOLD], [HAND_ON, HOLD]], ids=["itself", "its child"])
def test_memory_of_a_process_and_its_children(program: list[str]) -> None:
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE}
    with subprocess.Popen([sys.executable, "-c", *program], text=True, **pipes) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "held\n"
        assert 64 * memory.MIB < memory.used(process.pid) < 200 * memory.MIB
        process.communicate("\n")
        assert memory.used(process.pid) == 0


def test_memory_of_this_process_is_not_zero() -> None:
    assert memory.used(os.getpid()) > memory.MIB


def test_the_limit_is_the_containers_else_the_tasks() -> None:
    task = SimpleNamespace(memory="512")
    assert memory.limit(task, {"memory": 256}) == 256 * memory.MIB
    assert memory.limit(task, {}) == 512 * memory.MIB
    assert memory.limit(SimpleNamespace(memory=None), {}) == 0
