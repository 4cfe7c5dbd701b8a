# SPDX-License-Identifier: GPL-3.0-or-later
"""The Ansible process opens no connection, starts no thread and keeps no credentials for its modules."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from tests.warm.recording import Laboratory, Mode, Recording, Run, Stack, this_stack
from tests.warm.test_many_tasks import playbook

Make = Callable[[Stack], Laboratory]
HALVES = ("7c1f0e9a4b", "d83e25f6a1")
CALLS = [
    {"name": "Caller", "amazon.aws.aws_caller_info": {}},
    {"name": "Networks", "amazon.aws.ec2_vpc_net_info": {}},
    {"name": "Roles", "amazon.aws.iam_role_info": {}},
]


def run_with_secret_file(laboratory: Laboratory, mode: Mode = "warm", **variables: str) -> Recording:
    """Run modules whose credentials are in a file, and nowhere else."""
    laboratory.clear()
    path = Path(laboratory.directory, "credentials")
    path.write_text(
        f"[default]\naws_access_key_id = embedded\naws_secret_access_key = {''.join(HALVES)}\n", encoding="utf-8"
    )
    given = {
        "AWS_ACCESS_KEY_ID": "",
        "AWS_SECRET_ACCESS_KEY": "",
        "AWS_SHARED_CREDENTIALS_FILE": str(path),
        "PALISADE_TEST_SECRET": ",".join(HALVES),
    }
    run = Run(playbook(laboratory.directory / "calls.yml", CALLS), variables=given | variables)
    recording = laboratory.run(run, mode)
    assert recording.code == 0, recording.output
    assert len(recording.processes) == len(CALLS)
    assert len(recording.interpreters) == 1 + (len(CALLS) if mode == "stock" else 0)
    return recording


def test_parent_has_no_connection_no_thread_and_no_credentials_for_modules(laboratory: Make, stack: Stack) -> None:
    bench = laboratory(stack)
    stock, warm = (run_with_secret_file(bench, mode).processes for mode in ("stock", "warm"))
    for one, other in zip(stock, warm, strict=True):
        assert {key: other[key] for key in ("sockets", "threads")} == {key: one[key] for key in ("sockets", "threads")}
        assert not other["knows_secret"]


def test_credentials_in_the_parent_are_found(laboratory: Make) -> None:
    """The control: here the parent reads the file."""
    recording = run_with_secret_file(laboratory(this_stack()), PALISADE_TEST_READ_SECRET="yes")
    assert all(process["knows_secret"] for process in recording.processes)
