# SPDX-License-Identifier: GPL-3.0-or-later
"""An EC2 that answers as AWS does, and playbooks against it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_botocore import BotocoreData
from moto import mock_aws
from moto.ec2.responses.vpcs import VPCs
from moto.server import ThreadedMotoServer

from emulator.control_plane import fidelity
from tests.integration.plugins.modules.aws_account import NO_DISPLAY, AwsAccount
from tests.integration.plugins.modules.ec2_account import Ec2, Modules, Playbook

SERVICES = ("acm", "backup", "dynamodb", "ec2", "ecr", "ecs", "elbv2", "iam", "kms", "logs", "s3", "sns", "wafv2")


@pytest.fixture
def ec2(monkeypatch: pytest.MonkeyPatch) -> Iterator[Ec2]:
    fidelity.apply()
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    account = Ec2(f"http://{host}:{port}")
    for action in ("create_vpc_endpoint", "modify_vpc_endpoint", "delete_vpc_endpoints"):
        monkeypatch.setattr(VPCs, action, recording(getattr(VPCs, action), account, action))
    yield account
    server.stop()


def recording(original: Any, account: Ec2, action: str) -> Any:
    """Return the action with a record of what it was called with."""

    def call(response: Any) -> Any:
        told = {name: values[0] for name, values in response.querystring.items() if name not in ("Action", "Version")}
        account.writes.append((action, told))
        return original(response)

    return call


@pytest.fixture
def modules(ec2: Ec2, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Modules:
    monkeypatch.setattr(*NO_DISPLAY)
    return Modules(ec2.url, capsys)


@pytest.fixture
def playbook(ec2: Ec2, tmp_path: Path) -> Playbook:
    return Playbook(ec2.url, tmp_path)


@pytest.fixture
def aws(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Iterator[AwsAccount]:
    fidelity.apply()
    with mock_aws():
        yield AwsAccount(monkeypatch, capsys)


@pytest.fixture(scope="package", autouse=True)
def service_descriptions() -> Iterator[None]:
    """Read what describes a service once for all modules, as warm execution does."""
    data = BotocoreData()
    for service in SERVICES:
        data.add(service)
    kept = data.sessions.create_loader, data.creator._create_methods
    data.share()
    yield
    data.sessions.create_loader, data.creator._create_methods = kept
