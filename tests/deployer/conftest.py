# SPDX-License-Identifier: GPL-3.0-or-later
"""One deployment under the published policies, each run under its own: it is the proof, and the record of today."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployer import published
from deployer.documents import Document
from deployer.recording import Recording, judging, record
from tests.e2e.site import Site


@pytest.fixture(scope="session")
def policies() -> dict[str, list[Document]]:
    """What is published, by what it is for."""
    return published.read()


@pytest.fixture(scope="session")
def site(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An embedded AWS that judges who deploys."""
    with judging(tmp_path_factory.mktemp("judged") / "run") as site:
        yield site


@pytest.fixture(scope="session")
def recording(site: Site, policies: dict[str, list[Document]]) -> Recording:
    """All steps, run under what is published. If one is denied, roles have changed: run `make deployer-policy`."""
    return record(site, policies)


@pytest.fixture
def work(tmp_path: Path) -> Path:
    """A directory for files of a run."""
    return tmp_path
