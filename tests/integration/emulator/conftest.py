# SPDX-License-Identifier: GPL-3.0-or-later
"""One embedded AWS per test module, in a run directory with a space; modules that disturb nobody share one."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecs_deployment

from emulator import certificates
from tests.integration.emulator.deploying import Deploy, definition
from tests.integration.emulator.emulator_account import Account
from tests.integration.emulator.emulator_site import CREDENTIALS_SECONDS, Emulator, Json, running
from tests.integration.plugins.modules.aws_account import AwsAccount


@pytest.fixture(scope="session")
def application(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the stand-in's directory, with a certificate made for the session."""
    directory = tmp_path_factory.mktemp("application") / "app"
    shutil.copytree(Path(__file__).parent / "stand_in", directory)
    tls = directory.parent / "tls"
    certificates.ensure(tls, directory.parent / "ca.pem")
    pem = (tls / "localhost.key").read_bytes() + (tls / "localhost.crt").read_bytes()
    (directory / "src" / "storefront" / "server.pem").write_bytes(pem)
    return directory


@pytest.fixture(scope="session")
def shared_emulator(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    lifetime = {"PALISADE_CREDENTIALS_SECONDS": str(CREDENTIALS_SECONDS)}
    with running(tmp_path_factory.mktemp("shared"), **lifetime) as emulator:
        yield emulator


@pytest.fixture(scope="session")
def shared_account(shared_emulator: Emulator, application: Path) -> Account:
    return Account(shared_emulator, application)


@pytest.fixture(scope="module")
def emulator(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Emulator]:
    """One of the module's own, with the variables that it names in SWITCHES."""
    with running(tmp_path_factory.mktemp("emulator"), **getattr(request.module, "SWITCHES", {})) as emulator:
        yield emulator


@pytest.fixture(scope="module")
def account(emulator: Emulator, application: Path) -> Account:
    return Account(emulator, application)


@pytest.fixture
def deploy(account: Account, good: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Deploy:
    """Run the module until the end of a deployment of a container beside what is `good`; return its result."""
    aws = AwsAccount(monkeypatch, capsys)

    def run(container: Json | None = None, **options: Any) -> Json:
        named = {"cluster": "shop", "service": "shop", "endpoint_url": account.emulator.endpoint}
        wanted = {} if container is None else {"task_definition": definition(account, container)}
        pace = {"wait_interval": 1, "wait_timeout": 120}
        done = aws.run(ecs_deployment, **{**named, **wanted, **pace, **options})
        assert "verdict" in done, done
        return done

    return run
