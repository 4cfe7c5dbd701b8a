# SPDX-License-Identifier: GPL-3.0-or-later
"""Processes that run the tests side by side do not tear apart what belongs together."""

from __future__ import annotations

import re
import subprocess
import sys
from collections import defaultdict
from collections.abc import Mapping
from pathlib import Path

import pytest

from tests.conftest import OWN_ACCOUNT, SITES, group_of

ROOT = Path(__file__).resolve().parents[3]
# As in the Makefile.
IN_PARALLEL = ("--numprocesses=4", "--no-loadscope-reorder")
# As in .ci/run, where what judges the collection is one process more.
BESIDE_JUDGES = ("--numprocesses=3", "--no-loadscope-reorder")
# Two short files: each is a group.
FILES = ("tests/unit/emulator/authorizer/test_operators.py", "tests/unit/emulator/authorizer/test_patterns.py")
PASSED = re.compile(r"\[(gw\d)\] .*PASSED ([^:]+)::")


def processes_by_file(*options: str) -> Mapping[str, set[str]]:
    """Return which processes ran tests of each file."""
    command = [sys.executable, "-m", "pytest", "--verbose", *options, *FILES]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-2000:]
    found: dict[str, set[str]] = defaultdict(set)
    for process, file in PASSED.findall(done.stdout):
        found[file].add(process)
    return found


@pytest.mark.parametrize(("path", "options"), [("Makefile", IN_PARALLEL), (".ci/run", BESIDE_JUDGES)])
def test_makefile_and_ci_say_the_same(path: str, options: tuple[str, str]) -> None:
    assert " ".join(options) in (ROOT / path).read_text(encoding="utf-8")


def test_tests_of_a_file_stay_in_one_process() -> None:
    found = processes_by_file(*IN_PARALLEL)
    assert found.keys() == set(FILES)
    assert [len(processes) for processes in found.values()] == [1, 1]


def test_without_our_groups_they_do_not() -> None:
    found = processes_by_file("--numprocesses=2", "--confcutdir=tests/unit/emulator")
    assert max(len(processes) for processes in found.values()) == 2


@pytest.mark.parametrize(
    ("file", "group"),
    [
        ("tests/e2e/test_a_site.py", "tests/e2e"),
        ("tests/e2e/test_g_secrets.py", "tests/e2e/test_g_secrets.py"),
        ("tests/probes/test_rights.py", "tests/probes"),
        ("tests/integration/roles/test_edge.py", "tests/integration/roles"),
        ("tests/integration/roles/test_network_role.py", "tests/integration/roles/test_network_role.py"),
        ("tests/integration/emulator/test_failures.py", "tests/integration/emulator/test_failures.py"),
    ],
)
def test_what_shares_a_site_is_one_group(file: str, group: str) -> None:
    assert group_of(file) == group


def test_every_file_that_has_an_account_of_its_own_is_there() -> None:
    assert {path.name for site in SITES for path in (ROOT / site).glob("test_*.py")} > set(OWN_ACCOUNT)
