# SPDX-License-Identifier: GPL-3.0-or-later
"""One site for all end-to-end tests: a deployment takes about a minute."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.inventory import inventory
from tests.e2e.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A deployed site in a run directory with a space in its path; all its processes end with the tests."""
    with Site(tmp_path_factory.mktemp("a site") / "run").running() as site:
        site.before = inventory(site)
        site.playbook()
        yield site
