# SPDX-License-Identifier: GPL-3.0-or-later
"""A forked process is collected whole, whichever way it ends."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils import _warm_process

# Forking takes a process without threads, which the one that runs the tests may not be.
PROGRAM = """
import os, signal, sys, time
from ansible_collections.palisade.ecs.plugins.plugin_utils import _warm_process
_warm_process.PATIENCE = 0.5

def child(output, error, blocked):
    signal.pthread_sigmask(signal.SIG_SETMASK, blocked)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    {child}
    os._exit(0)

def interrupt(*_):
    raise TimeoutError

signal.signal(signal.SIGALRM, interrupt)
before = len(os.listdir("/proc/self/fd"))
try:
    {parent}
    outcome = _warm_process.run_forked(child)
    print(outcome.code, len(outcome.stdout), len(outcome.stderr), outcome.stdout[:20])
except TimeoutError:
    print("interrupted")
try:
    os.waitpid(-1, os.WNOHANG)
    print("a child is left")
except ChildProcessError:
    print("no child is left")
print(len(os.listdir("/proc/self/fd")) - before, "files are left")
print(signal.pthread_sigmask(signal.SIG_BLOCK, []), "is blocked")
"""
# Where the collection is, here and in the tree of ansible-test.
COLLECTIONS = Path(_warm_process.__file__).parents[5]
CLEAN = "no child is left\n0 files are left\nset() is blocked\n"


def collect(child: str, parent: str = "pass") -> str:
    """Run a child in a process of its own, and return what is said of it."""
    program = PROGRAM.format(child=textwrap.indent(child, "    ").lstrip(), parent=parent)
    done = subprocess.run(
        [sys.executable, "-c", program],
        env={**os.environ, "PYTHONPATH": str(COLLECTIONS)},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )
    return done.stdout


@pytest.mark.parametrize(
    ("child", "said"),
    [
        ("os.write(output, b'all')", "0 3 0 b'all'\n"),
        ("os.write(error, b'bad'); os._exit(7)", "7 0 3 b''\n"),
        ("os.kill(os.getpid(), signal.SIGKILL)", f"{-signal.SIGKILL} 0 0 b''\n"),
        ("os.close(output); os.close(error); time.sleep(0.2); os._exit(5)", "5 0 0 b''\n"),
        (
            "for _ in range(50): os.write(error, b'e' * 60000); os.write(output, b'o' * 60000)",
            "0 3000000 3000000 b'oooooooooooooooooooo'\n",
        ),
    ],
    ids=["output", "code", "signal", "closed pipes", "both pipes full"],
)
def test_process_is_collected(child: str, said: str) -> None:
    assert collect(child) == said + CLEAN


def test_process_that_keeps_the_pipes_is_not_waited_for_in_silence() -> None:
    said = collect("os.write(output, b'all')\nif not os.fork(): time.sleep(20)")
    assert said.startswith("0 3 0 b'all'\n")


def test_process_that_keeps_the_pipes_is_listened_to_as_long_as_it_speaks() -> None:
    said = collect("if not os.fork():\n    time.sleep(0.3)\n    os.write(output, b'later')")
    assert said.startswith("0 5 0 b'later'\n")


def test_interruption_kills_the_process() -> None:
    assert collect("time.sleep(50)", parent="signal.setitimer(signal.ITIMER_REAL, 0.5)") == "interrupted\n" + CLEAN


def test_interruption_by_a_timeout_just_when_the_process_was_reaped_is_one_all_the_same() -> None:
    late = "reap = os.waitpid; os.waitpid = lambda *these: (reap(*these), signal.raise_signal(signal.SIGALRM))[0]"
    assert collect("os.write(output, b'all')", parent=late) == "interrupted\n" + CLEAN


def test_patience_is_bounded() -> None:
    assert 0 < _warm_process.PATIENCE <= 10
