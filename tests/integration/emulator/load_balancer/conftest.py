# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A real Envoy before real TLS servers, configured from moto's state."""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from itertools import count
from pathlib import Path

import pytest
from moto import mock_aws

from emulator import certificates
from emulator.load_balancer import LoadBalancer
from tests.integration.emulator.load_balancer.load_balancer_site import Account, Site, Upstream
from tests.ports import free_ports


@pytest.fixture(scope="session")
def tls(tmp_path_factory: pytest.TempPathFactory) -> Path:
    directory = tmp_path_factory.mktemp("authority") / "tls"
    certificates.ensure(directory, directory.parent / "ca.pem")
    return directory


@pytest.fixture
def ports() -> dict[int, int]:
    return dict(zip((443, 80), free_ports(2), strict=True))


@pytest.fixture
def run_dir(tmp_path: Path) -> Path:
    return tmp_path / "run dir with spaces, deeper than a socket's address can say: one hundred and eight bytes"


@pytest.fixture
def balancer(run_dir: Path, ports: dict[int, int]) -> Iterator[LoadBalancer]:
    balancer = LoadBalancer(run_dir, ports)
    balancer.start()
    yield balancer
    balancer.stop(grace=0)


@pytest.fixture(scope="module")
def account() -> Iterator[Account]:
    with pytest.MonkeyPatch.context() as environment, mock_aws():
        environment.setenv("AWS_ACCESS_KEY_ID", "local")
        environment.setenv("AWS_SECRET_ACCESS_KEY", "local")
        yield Account()


@pytest.fixture
def site(account: Account, balancer: LoadBalancer, ports: dict[int, int], tls: Path) -> Site:
    return Site(account, balancer, ports, tls)


@pytest.fixture
def upstream(tls: Path) -> Iterator[Callable[[str], Upstream]]:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls / "localhost.crt", tls / "localhost.key")
    numbers, started = count(2), []

    def start(name: str) -> Upstream:
        started.append(Upstream(name, f"127.0.77.{next(numbers)}", context))
        return started[-1]

    yield start
    for each in started:
        each.stop()
