# SPDX-License-Identifier: GPL-3.0-or-later
"""Run playbooks of one module, stock and warm, in a configuration of their own."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
MODULE = "palisade_check.process.behave"
CONFIGURATION = f"""
[defaults]
collections_path = {ROOT}/collections:{HERE}/collections
action_plugins = {ROOT}/plugins/warm
callback_plugins = {HERE}/callbacks
callbacks_enabled = palisade.ecs.warm
retry_files_enabled = false
localhost_warning = false

[palisade_warm]
collections = palisade_check.process
"""
INVENTORY = """
all:
  hosts:
    here:
      ansible_connection: local
      ansible_python_interpreter: "{{ ansible_playbook_python }}"
"""


@dataclass(frozen=True)
class Run:
    """What a playbook left."""

    code: int
    output: str
    results: list[dict[str, Any]]

    def of(self, task: str) -> list[dict[str, Any]]:
        """Return the results of a task."""
        return [result for result in self.results if result["task"] == task]


def task(do: str, **keywords: Any) -> dict[str, Any]:
    """Return a task whose failure is only recorded."""
    arguments = {"do": do, **keywords.pop("arguments", {})}
    return {"name": keywords.pop("name", do), MODULE: arguments, "ignore_errors": True, **keywords}


def write(directory: Path, tasks: list[dict[str, Any]], **play: Any) -> None:
    """Write a playbook and what it needs."""
    directory.mkdir(parents=True, exist_ok=True)
    (directory / "ansible.cfg").write_text(CONFIGURATION, encoding="utf-8")
    (directory / "hosts.yml").write_text(INVENTORY, encoding="utf-8")
    plays = [{"hosts": "all", "gather_facts": False, "tasks": tasks, **play}]
    (directory / "site.yml").write_text(json.dumps(plays), encoding="utf-8")


def command(*options: str) -> list[str]:
    """Return the command that runs the playbook with the Ansible of these tests."""
    return [
        sys.executable,
        str(Path(sys.executable).with_name("ansible-playbook")),
        "-i",
        "hosts.yml",
        "site.yml",
        *options,
    ]


def environment(directory: Path, warm: bool, **more: str) -> dict[str, str]:
    """Return an environment in which nothing of the caller's configures Ansible."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("ANSIBLE_", "PALISADE_"))}
    return kept | {
        "ANSIBLE_CONFIG": str(directory / "ansible.cfg"),
        "ANSIBLE_HOME": str(directory / "home"),
        "CHECK_PIDS": str(directory / "pids"),
        "PALISADE_WARM": str(int(warm)),
        "RESULTS": str(directory / "results"),
        **more,
    }


def run(directory: Path, *options: str, warm: bool, **more: str) -> Run:
    """Run the playbook that lies in a directory."""
    (directory / "results").unlink(missing_ok=True)
    done = subprocess.run(
        command(*options),
        cwd=directory,
        env=environment(directory, warm, **more),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=240,
        check=False,
    )
    lines = (directory / "results").read_text(encoding="utf-8").splitlines() if (directory / "results").exists() else []
    return Run(done.returncode, done.stdout, [json.loads(line) for line in lines])
