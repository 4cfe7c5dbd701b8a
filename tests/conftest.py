# SPDX-License-Identifier: GPL-3.0-or-later
"""Rules for every test of the repository."""

from __future__ import annotations

import os
from typing import Any

import pytest


def pytest_sessionfinish(session: pytest.Session, exitstatus: int) -> None:
    """Fail a run of CI in which a test was skipped: there, everything that a test needs is installed."""
    reporter: Any = session.config.pluginmanager.get_plugin("terminalreporter")
    if os.environ.get("CI") and reporter.stats.get("skipped") and exitstatus == pytest.ExitCode.OK:
        reporter.write_line("skipped tests fail CI", red=True)
        session.exitstatus = pytest.ExitCode.TESTS_FAILED
