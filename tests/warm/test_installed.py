# SPDX-License-Identifier: GPL-3.0-or-later
"""A playbook elsewhere, the collection installed from its archive, two lines of ansible.cfg: that is all it takes."""

from __future__ import annotations

import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.e2e.site import CHECKOUT
from tests.warm.recording import Laboratory, Stack, this_stack

Make = Callable[[Stack], Laboratory]
MINE = Path(".ansible", "collections", "ansible_collections", "palisade", "ecs")


def installed(bench: Laboratory, environment: dict[str, str]) -> None:
    """Build the collection as it is published, and install it where ansible-galaxy does."""
    built = bench.directory / "built"
    for command in (
        ["build", str(CHECKOUT), "--output-path", str(built)],
        ["install", "--no-deps", "--offline", str(built / "palisade-ecs-0.1.0.tar.gz")],
    ):
        subprocess.run(["ansible-galaxy", "collection", *command], env=environment, check=True, capture_output=True)


def documented_configuration() -> str:
    """Return the ansible.cfg that the documentation has."""
    (found,) = re.findall(r"```ini\n(.*?)```", (CHECKOUT / "docs" / "warm.md").read_text(encoding="utf-8"), re.DOTALL)
    return str(found)


@pytest.mark.parametrize(("switch", "interpreters"), [("1", 1), ("0", 2)])
def test_two_lines_are_enough(laboratory: Make, switch: str, interpreters: int) -> None:
    bench = laboratory(this_stack())
    bench.clear()
    elsewhere = bench.directory / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "ansible.cfg").write_text(documented_configuration(), encoding="utf-8")
    shutil.copy(CHECKOUT / "benchmarks" / "warm" / "foreign.yml", elsewhere)
    # Galaxy's own choice of a directory, and nothing that this checkout configures.
    home = str(bench.directory / "home")
    mine = {"PALISADE_WARM": switch, "ANSIBLE_CONFIG": str(elsewhere / "ansible.cfg"), "HOME": home}
    given = {name: value for name, value in bench.environment("warm").items() if not name.startswith("ANSIBLE_")}
    environment = given | mine
    installed(bench, environment)
    assert (Path(home) / MINE / "plugins" / "warm" / "normal.py").exists()
    note = Path(environment["PALISADE_TEST_INTERPRETERS"])
    note.unlink(missing_ok=True)
    done = subprocess.run(
        [
            "ansible-playbook",
            "foreign.yml",
            "--start-at-task",
            "Gather information about all security groups with a name",
        ],
        cwd=elsewhere,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "ok=1 " in done.stdout
    assert len(note.read_text(encoding="utf-8").splitlines()) == interpreters
