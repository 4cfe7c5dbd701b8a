# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes and their numbers."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from emulator import identity
from emulator.identity import ProcessRecord


@pytest.fixture
def process() -> Iterator[subprocess.Popen[bytes]]:
    sleeper = [sys.executable, "-c", "import time; print(flush=True); time.sleep(60)"]
    with subprocess.Popen(sleeper, stdout=subprocess.PIPE, start_new_session=True) as process:
        assert process.stdout is not None
        process.stdout.readline()
        yield process
        process.kill()


def test_a_noted_process_is_alive_until_it_ends(process: subprocess.Popen[bytes], tmp_path: Path) -> None:
    identity.note(tmp_path / "pids" / "x.json", process.pid)
    record = identity.read(tmp_path / "pids" / "x.json")
    assert record is not None
    assert record.alive()
    record.signal(signal.SIGTERM)
    process.wait(5)
    assert not record.alive()


def test_a_zombie_is_not_alive(process: subprocess.Popen[bytes]) -> None:
    record = ProcessRecord(process.pid, identity.start_mark(process.pid) or "")
    process.kill()
    os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    assert not record.alive()


def test_a_process_that_got_the_same_number_later_is_left_alone(process: subprocess.Popen[bytes]) -> None:
    record = ProcessRecord(process.pid, "an earlier start")
    record.signal(signal.SIGKILL)
    assert not record.alive()
    with pytest.raises(subprocess.TimeoutExpired):
        process.wait(0.2)


def test_a_damaged_record_is_as_good_as_none(tmp_path: Path) -> None:
    for content in ("", "{}", "[]", '{"pid": "x", "started": "y"}'):
        (tmp_path / "x.json").write_text(content)
        assert identity.read(tmp_path / "x.json") is None
    assert identity.read(tmp_path / "absent.json") is None


def test_a_session_is_found_by_its_founder(process: subprocess.Popen[bytes]) -> None:
    assert identity.session_members(process.pid) == [process.pid]
