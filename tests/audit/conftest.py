# SPDX-License-Identifier: GPL-3.0-or-later
"""One deployed stack for all tests of the exporter."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.audit import state
from tests.audit.state.reading import State
from tests.e2e.site import Site


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """A deployed stack, which tests of this directory may change and put back."""
    with Site(tmp_path_factory.mktemp("audited") / "run").running() as site:
        site.playbook()
        yield site


@pytest.fixture(scope="session")
def live(site: Site) -> State:
    """What AWS answered before any test changed something."""
    return state.read(site.client)
