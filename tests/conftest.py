# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for every test of the repository."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

TALLY = "tally"
# What takes long to make and lasts for the whole run: the tests of a directory that ask for this fixture share it. Two
# processes take these groups in this order, the longest first.
SITES = {
    "tests/e2e": "site",
    "tests/deployer": "site",
    "tests/audit": "site",
    "tests/probes": "stack",
    "tests/warm": "account",
    "tests/oracle": "ask",
}
# These fixtures last for the whole run, too, and their servers have addresses that no other process may take.
EMULATOR = "tests/integration/emulator"
SHARED_BY_EMULATOR = {"shared_emulator": "shared emulator", "upstream": "load balancer"}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Keep together what shares a site, else the tests of a file; the many short ones fill the gaps at the end."""
    for item in items:
        item.add_marker(pytest.mark.xdist_group(_group(item)))
    items.sort(key=_rank)


def _group(item: pytest.Item) -> str:
    fixtures = getattr(item, "fixturenames", ())
    file = _file(item)
    for directory, fixture in SITES.items():
        if file.startswith(f"{directory}/") and fixture in fixtures:
            return directory
    if file.startswith(EMULATOR):
        for fixture, group in SHARED_BY_EMULATOR.items():
            if fixture in fixtures:
                return group
    return file


def _rank(item: pytest.Item) -> int:
    group = _group(item)
    if group in SITES:
        return list(SITES).index(group)
    return len(SITES) + _file(item).startswith(("tests/unit/", "app/tests/unit/"))


def _file(item: pytest.Item) -> str:
    return item.path.relative_to(Path(item.config.rootpath)).as_posix()


@pytest.fixture
def tally(record_property: Callable[[str, object], None]) -> Callable[[str, int], None]:
    """Count what was tried, for the end of the report."""
    return lambda what, number: record_property(TALLY, (what, number))


def pytest_terminal_summary(terminalreporter: Any) -> None:
    """Say how much was tried, whichever process did it."""
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
