# SPDX-License-Identifier: GPL-3.0-or-later
"""LocalStack's plugin and environment, without LocalStack, which cannot be where these tests run."""

from __future__ import annotations

import ast
import importlib
import tomllib
from pathlib import Path

import pytest

from emulator import settings
from emulator.localstack import environment

PLUGIN = settings.CHECKOUT / "emulator" / "localstack" / "plugin"


def test_the_plugin_refuses_the_environment_of_the_embedded_aws(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(PLUGIN)
    with pytest.raises(RuntimeError, match=r"ansible-core .* need an environment of their own"):
        importlib.import_module("palisade_localstack")


def test_each_entry_point_leads_to_the_plugin_of_its_api() -> None:
    project = tomllib.loads((PLUGIN / "pyproject.toml").read_text())["project"]
    written = {}
    for statement in ast.parse((PLUGIN / "palisade_localstack" / "providers.py").read_text()).body:
        match statement:
            case ast.Assign(targets=[ast.Name(id=name)], value=ast.Call(func=ast.Name(id="_plugin"), args=arguments)):
                values = [ast.literal_eval(argument) for argument in arguments]
                api, provider = (*values, "default")[:2]
                written[f"{api}:{provider}"] = f"palisade_localstack.providers:{name}"
    assert len(written) > 10
    assert project["entry-points"]["localstack.aws.provider"] == written


def test_localstack_stays_on_loopback_and_in_the_run_directory() -> None:
    chosen = settings.read({"PALISADE_RUN_DIR": "/a run", "PALISADE_API_PORT": "5000"})
    variables = environment.environment(chosen)
    assert variables["GATEWAY_LISTEN"] == "127.0.0.1:5000"
    assert {variables["FILESYSTEM_ROOT"], variables["XDG_CACHE_HOME"]} == {
        "/a run/localstack",
        "/a run/localstack/cache",
    }


def test_an_environment_that_was_not_completed_is_none(tmp_path: Path) -> None:
    python = tmp_path / "bin" / "python"
    assert not environment.is_installed(python)
    (tmp_path / ".ready").touch()
    assert environment.is_installed(python)
