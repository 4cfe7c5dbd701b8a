# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings."""

from __future__ import annotations

import socket
import tomllib
from pathlib import Path

import pytest

from storefront.settings import Settings, read_settings

PROJECT = Path(__file__).parents[2] / "pyproject.toml"


@pytest.fixture
def environment(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """Return an environment that has what is required and nothing else of ours."""
    for field in Settings.model_fields.values():
        monkeypatch.delenv(str(field.validation_alias), raising=False)
    monkeypatch.setenv("STOREFRONT_TABLE_NAME", "shop")
    monkeypatch.setenv("AWS_REGION", "eu-central-1")
    return monkeypatch


def test_every_mistake_is_in_one_message(environment: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    environment.delenv("STOREFRONT_TABLE_NAME")
    environment.setenv("AWS_REGION", "")
    environment.setenv("GRANIAN_PORT", "https-and-a-secret")
    with pytest.raises(SystemExit) as exit_:
        read_settings()
    assert exit_.value.code == 2
    output = capsys.readouterr()
    assert output.out == ""
    assert "secret" not in output.err
    region, port, table = (line.strip() for line in output.err.splitlines()[1:])
    assert region == "AWS_REGION: missing"
    assert port.startswith("GRANIAN_PORT: ")
    assert table == "STOREFRONT_TABLE_NAME: missing"


def test_two_variables_are_enough(environment: pytest.MonkeyPatch) -> None:
    settings = read_settings()
    assert (settings.table_name, settings.aws_region) == ("shop", "eu-central-1")
    assert (settings.host, settings.port) == ("0.0.0.0", 8443)
    assert settings.version == tomllib.loads(PROJECT.read_text())["project"]["version"]


def test_empty_variable_is_an_absent_one(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GRANIAN_PORT", "")
    assert read_settings().port == 8443


def test_address_is_taken_from_the_environment(environment: pytest.MonkeyPatch) -> None:
    environment.setenv("GRANIAN_HOST", "127.0.1.2")
    environment.setenv("GRANIAN_PORT", "9443")
    assert (read_settings().host, read_settings().port) == ("127.0.1.2", 9443)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("STOREFRONT_TABLE_NAME", "a b"),
        ("AWS_REGION", "eu\ncentral"),
        ("STOREFRONT_LOG_LEVEL", "LOUD"),
        ("GRANIAN_BLOCKING_THREADS", "0"),
        ("GRANIAN_WORKERS_KILL_TIMEOUT", "120"),
    ],
)
def test_nonsense_is_refused(environment: pytest.MonkeyPatch, name: str, value: str) -> None:
    environment.setenv(name, value)
    with pytest.raises(SystemExit):
        read_settings()


@pytest.mark.parametrize(
    "uri", ["", "http://169.254.170.2/v4/", "http://169.254.170.2/v4/short-1", "http://a/" + "0" * 33]
)
def test_task_without_an_id_is_named_after_its_host(environment: pytest.MonkeyPatch, uri: str) -> None:
    environment.setenv("ECS_CONTAINER_METADATA_URI_V4", uri)
    assert read_settings().task_name == socket.gethostname()


@pytest.mark.parametrize("suffix", ["", "-3935363592"])
def test_task_is_named_by_its_metadata_address(environment: pytest.MonkeyPatch, suffix: str) -> None:
    environment.setenv("ECS_CONTAINER_METADATA_URI_V4", f"http://169.254.170.2/v4/{'0a' * 16}{suffix}")
    assert read_settings().task_name == "0a" * 16
