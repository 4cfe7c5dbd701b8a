# SPDX-License-Identifier: GPL-3.0-or-later
"""`up`, `down`, `status` and what happens when something is killed."""

from __future__ import annotations

import json
import os
import signal
import socket
from pathlib import Path

import pytest

from emulator.processes import is_listening
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import Emulator, eventually


@pytest.fixture
def emulator(tmp_path: Path) -> Emulator:
    return Emulator(tmp_path)


def serve(emulator: Emulator, application: Path) -> Account:
    """Make a site of two tasks."""
    account = Account(emulator, application)
    group = account.target_group("shop")
    account.listener(group)
    account.service("shop", account.definition(), 2, group)
    account.steady("shop")
    return account


def ports(emulator: Emulator) -> tuple[int, int, int]:
    return (emulator.site_port, emulator.http_port, emulator.api_port)


def assert_nothing_is_left(emulator: Emulator) -> None:
    eventually(lambda: not emulator.processes(), "no process is left")
    eventually(lambda: not any(is_listening("127.0.0.1", port) for port in ports(emulator)), "no port is taken")


def test_a_whole_life(emulator: Emulator, application: Path) -> None:
    assert emulator.command("status").returncode == 1
    emulator.must("up")
    account = serve(emulator, application)
    assert "runs already" in emulator.must("up")
    assert emulator.fetch()[0] == 200
    report = json.loads(emulator.must("status", "--json"))
    assert report["parts"] == {"api": "ok", "scheduler": "ok", "balancer": "ok"}
    assert account.publish()["changed"] is False
    assert len(emulator.processes()) >= 4
    emulator.must("down")
    assert_nothing_is_left(emulator)
    left = {path.relative_to(emulator.run_dir).parts[0] for path in emulator.run_dir.rglob("*") if path.is_file()}
    assert left == {"ca.pem", "images", "logs", "pids", "tls"}
    assert [path.name for path in (emulator.run_dir / "pids").iterdir()] == ["lock"]
    assert "does not run" in emulator.must("down")


def test_nothing_survives_a_killed_supervisor(emulator: Emulator, application: Path) -> None:
    emulator.must("up")
    serve(emulator, application)
    authority = (emulator.run_dir / "ca.pem").read_bytes()
    os.kill(emulator.state()["pid"], signal.SIGKILL)
    assert_nothing_is_left(emulator)
    status = emulator.command("status")
    assert (status.returncode, "was killed" in status.stdout) == (1, True)

    assert "AWS resources are lost" in emulator.must("up")
    assert emulator.client("ecs").list_clusters()["clusterArns"] == []
    assert (emulator.run_dir / "ca.pem").read_bytes() == authority
    account = Account(emulator, application)
    emulator.client("ecr").create_repository(repositoryName="shop")
    # The bundle is still here, but the registry has forgotten the image.
    assert account.publish()["changed"] is True
    account.image = str(account.publish()["image"])
    account.service("stubborn", account.definition(environment={"STUBBORN": "1"}), 1)
    account.steady("stubborn")
    task = emulator.tasks("stubborn")[0]
    eventually(lambda: is_listening(task["address"], task["port"]), "it ignores signals by now")
    os.kill(emulator.state()["pid"], signal.SIGKILL)
    eventually(lambda: emulator.processes() == [task["pid"]], "only the one that ignores SIGTERM is left")
    assert "Ended 1 processes" in emulator.must("down")
    assert_nothing_is_left(emulator)


def test_down_spares_a_process_that_got_the_supervisors_number(emulator: Emulator) -> None:
    (emulator.run_dir / "pids").mkdir(parents=True)
    record = {"pid": os.getpid(), "started": "long ago"}
    for name in ("supervisor.json", "task-1.json"):
        (emulator.run_dir / "pids" / name).write_text(json.dumps(record))
    assert "does not run" in emulator.must("down")


@pytest.mark.parametrize(("variable", "index"), [("PALISADE_SITE_PORT", 0), ("PALISADE_API_PORT", 2)])
def test_a_taken_port_is_named_with_its_owner_and_its_variable(emulator: Emulator, variable: str, index: int) -> None:
    port = ports(emulator)[index]
    with socket.create_server(("127.0.0.1", port)):
        done = emulator.command("up")
    assert done.returncode == 1
    for text in (f"port {port}", f"process {os.getpid()}", f"set {variable}"):
        assert text in done.stderr
    assert_nothing_is_left(emulator)
    assert emulator.command("status").stdout.startswith("The embedded AWS is down")
