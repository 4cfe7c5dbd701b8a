# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for every test of the repository."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from xdist.scheduler import LoadScopeScheduling

TALLY = "tally"
TABLE = "table"
# What takes long to make is shared by the tests of a directory. The processes take these groups in this order, the
# longest first, then the other files, and the many short tests last: they fill the gap at the end.
SITES = (
    "tests/e2e",
    "tests/integration/roles",
    "tests/deployer",
    "tests/audit",
    "tests/probes",
    "tests/warm",
    "tests/oracle",
)
# Its servers have addresses that no other process may take.
LOAD_BALANCER = "tests/integration/emulator/load_balancer"
SHORT = ("tests/unit", "app/tests/unit")
# Files of these directories that have accounts of their own.
OWN_ACCOUNT = (
    "test_d_installed.py",
    "test_d_molecule.py",
    "test_e_empty_account.py",
    "test_e_security_input.py",
    "test_g_secrets.py",
    "test_h_teardown.py",
    "test_network_role.py",
)


class BySite(LoadScopeScheduling):
    """Have what shares a site run in one process. The marks of pytest-xdist 3.8 do not reach pytest 9.2."""

    def _split_scope(self, nodeid: str) -> str:
        return group_of(nodeid.partition("::")[0])


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> BySite:
    """Return who says which process runs what."""
    return BySite(config, log)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Put the groups in their order; what is nightly is also full."""
    for item in items:
        if item.get_closest_marker("nightly"):
            item.add_marker("full")
    items.sort(key=lambda item: _rank(item.path.relative_to(item.config.rootpath).as_posix()))


def group_of(file: str) -> str:
    """Return with what the tests of a file stay together: the directory whose site they share, else their own file."""
    shared = (*SITES, LOAD_BALANCER)
    home = next((directory for directory in shared if file.startswith(f"{directory}/")), file)
    return file if Path(file).name in OWN_ACCOUNT else home


def _rank(file: str) -> int:
    group = group_of(file)
    return SITES.index(group) if group in SITES else len(SITES) + file.startswith(SHORT)


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Callable[[str, int], None]:
    """Count what was tried, for the end of the report."""
    return lambda what, number: record_property(TALLY, (what, number))


@pytest.fixture
def show(record_property: Callable[[str, object], None]) -> Callable[[list[str]], None]:
    """Show lines at the end of the report, under the name of the test."""
    return lambda lines: record_property(TABLE, lines)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was tried, whichever process did it, and show tables, those of failed tests too."""
    for report in (*terminalreporter.getreports("passed"), *terminalreporter.getreports("failed")):
        for name, value in report.user_properties if report.when == "call" else ():
            if name == TABLE:
                terminalreporter.write_line("\n".join((report.nodeid, *value)))
    tallies: Counter[str] = Counter()
    for report in terminalreporter.getreports("passed"):
        for name, value in report.user_properties if report.when == "call" else ():
            if name == TALLY:
                tallies[value[0]] += value[1]
    for what, number in sorted(tallies.items()):
        terminalreporter.write_line(f"{what}: {number:,}")


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run of CI in which a test was skipped: there, everything that a test needs is installed."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter is None:  # one of the processes, whose reports go to the first
        return
    if os.environ.get("CI") and reporter.stats.get("skipped") and exitstatus == pytest.ExitCode.OK:
        reporter.write_line("skipped tests fail CI", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
