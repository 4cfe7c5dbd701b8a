# SPDX-License-Identifier: GPL-3.0-or-later
"""Run a playbook as users do, stock or warm, and keep everything that it had to say."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import urllib.request
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

from tests.e2e.site import CHECKOUT, Site

HERE = Path(__file__).parent
OTHER_STACK = "PALISADE_OTHER_STACK"
Mode = Literal["stock", "warm"]
SEED = 42


@dataclass(frozen=True)
class Run:
    """A playbook and how it is run."""

    playbook: Path
    arguments: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict)

    @property
    def name(self) -> str:
        """What a person calls it."""
        return " ".join((self.playbook.name, *self.arguments))


@dataclass(frozen=True)
class Recording:
    """What a run said: a line per result, its outputs and its code; and how it did it."""

    results: list[str]
    output: list[str]
    errors: list[str]
    code: int
    interpreters: list[str]
    processes: list[dict[str, int]]

    def tasks(self) -> set[tuple[str, str]]:
        """Return the tasks that had a result, each with its host."""
        found = [json.loads(line) for line in self.results]
        return {(line["host"], line["task"]) for line in found}


@dataclass(frozen=True)
class Stack:
    """A virtual environment with Ansible."""

    directory: Path

    @property
    def name(self) -> str:
        """The version of its Python."""
        (library,) = self.directory.glob("lib/python3.*")
        return library.name

    def environment(self, **variables: str) -> dict[str, str]:
        """Return the variables that make its commands the first ones."""
        return {"PATH": f"{self.directory / 'bin'}:{os.environ['PATH']}", **variables}


def this_stack() -> Stack:
    """Return the environment that runs the tests."""
    return Stack(Path(sys.prefix))


def other_stack() -> Stack | None:
    """Return the second environment, if there is one."""
    directory = Path(os.environ.get(OTHER_STACK) or CHECKOUT / ".venv-3.13")
    return Stack(directory) if (directory / "bin" / "ansible-playbook").exists() else None


@dataclass
class Laboratory:
    """An embedded AWS and a directory in which runs leave what they have to say."""

    site: Site
    directory: Path
    stack: Stack

    @property
    def scratch(self) -> Path:
        """The directory in which playbooks may write."""
        return self.directory / "scratch"

    def clear(self) -> None:
        """Forget everything; afterwards generated ids are the same each time."""
        shutil.rmtree(self.directory, ignore_errors=True)
        self._empty_scratch()
        self._post("/moto-api/reset")
        # The default VPCs come with the first request to EC2, from whatever thread, and the ids of AWS's own endpoint
        # services when they are first asked for: before the seed.
        self.site.client("ec2").describe_vpcs()
        self.site.client("ec2").describe_vpc_endpoint_services()
        self._post(f"/moto-api/seed?a={SEED}")

    @property
    def _programs(self) -> Path:
        """The programs of the stack, by a path without a space: async tasks of Ansible find no Python with one."""
        return self.directory / "stack" / "bin"

    def _empty_scratch(self) -> None:
        shutil.rmtree(self.scratch, ignore_errors=True)
        self.scratch.mkdir(parents=True)
        if not self._programs.parent.is_symlink():
            self._programs.parent.symlink_to(self.stack.directory)
        command = self.scratch / "another python"
        command.write_text(
            f'#!/bin/sh\nPALISADE_TEST_ANOTHER_PYTHON=yes exec "{self.stack.directory}/bin/python" "$@"\n',
            encoding="utf-8",
        )
        command.chmod(0o755)

    def _post(self, path: str) -> None:
        request = urllib.request.Request(self.site.api + path, method="POST")  # noqa: S310 - loopback
        with urllib.request.urlopen(request, timeout=60):  # noqa: S310 - loopback
            pass

    def _made(self, name: str) -> Path:
        directory = self.directory / name
        directory.mkdir(exist_ok=True)
        return directory

    def environment(self, mode: Mode) -> dict[str, str]:
        """Return the environment of a run; nothing of the user's own AWS or Ansible is in it."""
        inherited = {
            name: value
            for name, value in self.site.environment.items()
            if not name.startswith(("AWS_", "ANSIBLE_", "LC_")) or name in ("AWS_ENDPOINT_URL", "ANSIBLE_CONFIG")
        }
        ours = {
            "AWS_ACCESS_KEY_ID": "embedded",
            "AWS_SECRET_ACCESS_KEY": "the-embedded-aws-needs-none",
            "AWS_CONFIG_FILE": "/dev/null",
            "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
            "AWS_REGION": "eu-central-1",
            "ANSIBLE_BECOME_ALLOW_SAME_USER": "true",
            "ANSIBLE_BECOME_PLUGINS": str(HERE / "become"),
            "ANSIBLE_CALLBACK_PLUGINS": str(HERE / "callback"),
            "ANSIBLE_COLLECTIONS_PATH": f"{CHECKOUT / 'collections'}:{HERE}",
            "ANSIBLE_DEPRECATION_WARNINGS": "true",
            "ANSIBLE_FORKS": "1",
            "ANSIBLE_FORCE_COLOR": "false",
            "ANSIBLE_HOME": str(self.directory / "ansible"),
            "LANG": "C.UTF-8",
            "PALISADE_TEST_INTERPRETERS": str(self.directory / "interpreters"),
            "PALISADE_TEST_PROCESSES": str(self.directory / "processes"),
            "PALISADE_TEST_RESULTS": str(self.directory / "results"),
            "PALISADE_WARM": "1" if mode == "warm" else "0",
            "PALISADE_WARM_COLLECTIONS": "amazon.aws,community.aws,palisade.ecs,palisade_test.odd",
            # The order of sets is left to chance otherwise, in stock runs too.
            "PYTHONHASHSEED": "0",
            "PYTHONPATH": str(HERE / "interpreters"),
            "PYTHONDONTWRITEBYTECODE": "1",
            "TMPDIR": str(self._made("tmp")),
        }
        return inherited | self.stack.environment(**ours)

    def command(self, run: Run) -> list[str]:
        """Return the command that runs a playbook."""
        extra = ("-i", str(HERE / "inventory.yml"), "-e", json.dumps({"scratch": str(self.scratch)}))
        ansible = [str(self._programs / program) for program in ("python", "ansible-playbook")]
        return [*ansible, *extra, *run.arguments, str(run.playbook)]

    def run(self, run: Run, mode: Mode) -> Recording:
        """Run a playbook and return what it said."""
        self._empty_scratch()
        notes = {name: self.directory / name for name in ("interpreters", "processes", "results")}
        for note in notes.values():
            note.write_text("", encoding="utf-8")
        done = subprocess.run(
            self.command(run),
            cwd=CHECKOUT,
            env=self.environment(mode) | run.variables,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        said = {name: note.read_text(encoding="utf-8").splitlines() for name, note in notes.items()}
        return Recording(
            results=said["results"],
            output=done.stdout.splitlines(),
            errors=done.stderr.splitlines(),
            code=done.returncode,
            interpreters=said["interpreters"],
            processes=[json.loads(line) for line in said["processes"]],
        )
