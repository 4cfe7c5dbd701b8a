# SPDX-License-Identifier: GPL-3.0-or-later
"""An embedded AWS on which only one role is run."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.e2e.site import Site
from tests.integration.roles.data_site import Data
from tests.integration.roles.edge_site import Edge
from tests.integration.roles.network_site import Network


@pytest.fixture(scope="module")
def network(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Network]:
    """The network of an account on which nothing was deployed."""
    with Site(tmp_path_factory.mktemp("network") / "run").running() as site:
        yield Network(site)


@pytest.fixture(scope="module")
def edge(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Edge]:
    """The edge of a stack in an account on which nothing was deployed."""
    with Site(tmp_path_factory.mktemp("edge") / "run").running() as site:
        yield Edge(site)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Data]:
    """The data of an account on which nothing was deployed."""
    with Site(tmp_path_factory.mktemp("data") / "run").running() as site:
        yield Data(site)
