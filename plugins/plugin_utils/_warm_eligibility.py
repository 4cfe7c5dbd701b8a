# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which tasks may run warm: pure functions over facts. What is not known to be equal takes the stock path."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

# The minor versions of ansible-core whose private parts the action was compared with.
KNOWN_CORES = ("2.19", "2.20", "2.21")

# Read by the interpreter, the dynamic linker or a library when a process starts: too late for a process that is forked.
AT_START = re.compile(
    r"^(PYTHON|LD_|DYLD_|LC_|LANG|MALLOC_|GLIBC_|OPENSSL_|BASH_FUNC)|^(HOME|IFS|ENV|BASH_ENV|NLSPATH)$"
)
# What a shell takes for an assignment in front of a command.
ASSIGNABLE = re.compile(r"^[A-Za-z_][A-Za-z0-9_]*$")

# As ansible-core tells a Python module of today: it imports a module_utils.
NEW_STYLE = re.compile(
    rb"^\s*(?:from +(?:\.{2,} *|ansible\.|ansible_collections\.[^.]+\.[^.]+\.plugins\.)module_utils[^\n]* +import |"
    rb"import +(?:ansible|ansible_collections\.[^.]+\.[^.]+\.plugins)\.module_utils)",
    re.MULTILINE,
)
# Old placeholders, which ansible-core fills in, and the way to start a module again under another interpreter.
NEEDS_A_FILE = re.compile(rb"<<INCLUDE_ANSIBLE_MODULE|<<ANSIBLE_VERSION>>|<<SELINUX_SPECIAL|respawn|_modlib_path")


@dataclass(frozen=True)
class TaskFacts:
    """What decides about one call of a module."""

    connection: str
    shell: str
    executable: str
    become: bool
    asynchronous: bool
    keeps_files: bool
    debugged: bool


@dataclass(frozen=True)
class ModuleFacts:
    """What decides about a module under an interpreter."""

    path: str
    source: bytes
    interpreter: str
    running: str


def run_obstacle(core: str, platform: str) -> str | None:
    """Say why no task of this run may run warm."""
    if ".".join(core.split(".")[:2]) not in KNOWN_CORES:
        return f"ansible-core {core} is not one of {', '.join(KNOWN_CORES)}"
    if platform != "linux":
        return f"forking without exec is not known to be safe on {platform}"
    return None


def task_obstacle(facts: TaskFacts) -> str | None:
    """Say why a task may not run warm, whatever its module."""
    obstacles = {
        f"the connection is {facts.connection}": facts.connection != "ansible.builtin.local",
        f"the shell is {facts.shell}": facts.shell != "ansible.builtin.sh",
        f"the shell's executable is {facts.executable}": facts.executable != "/bin/sh",
        "it becomes another user": facts.become,
        "it is asynchronous": facts.asynchronous,
        "remote files are to be kept": facts.keeps_files,
        "modules are debugged, measured or limited": facts.debugged,
    }
    return next((obstacle for obstacle, holds in obstacles.items() if holds), None)


def module_obstacle(facts: ModuleFacts) -> str | None:
    """Say why a module may not run warm."""
    obstacles = {
        "the module is not a Python file": not facts.path.endswith(".py"),
        "the module is not a Python module of today": not NEW_STYLE.search(facts.source),
        "the module needs a file of its own": bool(NEEDS_A_FILE.search(facts.source)),
        f"its interpreter is {facts.interpreter}": facts.interpreter != facts.running,
    }
    return next((obstacle for obstacle, holds in obstacles.items() if holds), None)


def environment_obstacle(environment: Mapping[str, str]) -> str | None:
    """Say why an environment cannot be given to a process that has already started."""
    for name, value in environment.items():
        if AT_START.search(name):
            return f"{name} is read when a process starts"
        if not ASSIGNABLE.search(name) or "\0" in value:
            return f"the shell would not take {name!r} for a variable"
    return None


def is_listed(name: str, collections: tuple[str, ...]) -> bool:
    """Say whether a module's full name belongs to one of the collections."""
    return name.rpartition(".")[0] in collections
