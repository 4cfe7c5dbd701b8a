# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Who listens where, and who ends with whom."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

import emulator
from emulator.processes import is_listening, listener_of, listening_processes
from tests.ports import free_ports

ROOT = Path(emulator.__file__).parents[1]


def test_listener_is_found_and_named_while_it_listens() -> None:
    (port,) = free_ports(1)
    assert (is_listening("127.0.0.1", port), listener_of(port), listening_processes(port)) == (False, None, [])
    with socket.create_server(("127.0.0.1", port)):
        assert is_listening("127.0.0.1", port)
        assert not is_listening("127.0.0.9", port)
        assert listening_processes(port) == [os.getpid()]
        assert (listener_of(port) or "").startswith(f"process {os.getpid()} (")
    assert not is_listening("127.0.0.1", port)


def test_listener_on_all_addresses_of_ipv6_is_found() -> None:
    with socket.create_server(("::", 0), family=socket.AF_INET6) as server:
        assert listening_processes(server.getsockname()[1]) == [os.getpid()]


ORPHAN = """
    import os, signal, subprocess, time
    from emulator.processes import die_with_parent
    def orphan():
        print(os.getpid(), flush=True)
        parent = os.getppid()
        os.kill(parent, signal.SIGKILL)
        while os.getppid() == parent:
            time.sleep(0.001)
        if {asks}:
            die_with_parent()
        print("alive", flush=True)
    subprocess.Popen(["sleep", "5"], preexec_fn=orphan)
"""


@pytest.mark.parametrize("asks", [True, False])
def test_child_of_a_parent_that_died_before_it_could_ask_ends_too(asks: bool) -> None:
    """The parent is killed between fork and exec, when the kernel knows of no wish yet."""
    command = [sys.executable, "-c", textwrap.dedent(ORPHAN).format(asks=asks)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert parent.stdout.readline() == ("" if asks else "alive\n")
        if not asks:
            os.kill(child, signal.SIGKILL)
