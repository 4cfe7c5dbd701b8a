# SPDX-License-Identifier: GPL-3.0-or-later
"""An embedded AWS for the network alone, and one for what needs a network: it is deployed once for all of them."""

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


@pytest.fixture(scope="session")
def account(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Site]:
    """An account, on which nothing was deployed before a test asks for the stack."""
    with Site(tmp_path_factory.mktemp("stack") / "run").running() as site:
        yield site


@pytest.fixture(scope="session")
def site(account: Site) -> Site:
    """The account with all of the stack but the service."""
    Edge(account).run()
    return account


@pytest.fixture(scope="session")
def edge(site: Site) -> Edge:
    """The edge of the stack."""
    return Edge(site)


@pytest.fixture(scope="session")
def data(site: Site) -> Data:
    """The data of the stack."""
    return Data(site)
