# SPDX-License-Identifier: GPL-3.0-or-later
"""The emulator's variables."""

from __future__ import annotations

from pathlib import Path

import pytest

from emulator import settings
from emulator.settings import SettingsError

CHECKOUT = Path("/some where")


def test_every_variable_is_optional() -> None:
    found = settings.read({}, CHECKOUT)
    assert found.run_dir == CHECKOUT / ".run"
    assert (found.site_port, found.http_port, found.api_port) == (8443, 8080, 4566)
    assert found.draining
    assert found.autoscaling
    assert not found.deployer_judged


def test_an_empty_variable_is_as_good_as_none() -> None:
    empty = dict.fromkeys(settings.read({}, CHECKOUT).as_environment(), "")
    assert settings.read(empty, CHECKOUT) == settings.read({}, CHECKOUT)


def test_the_run_directory_may_be_anywhere() -> None:
    assert settings.read({"PALISADE_RUN_DIR": "/else where"}, CHECKOUT).run_dir == Path("/else where")
    assert settings.read({"PALISADE_RUN_DIR": "my run"}, CHECKOUT).run_dir == CHECKOUT / "my run"


def test_another_process_reads_the_same_settings() -> None:
    chosen = settings.read(
        {
            "PALISADE_API_PORT": "5000",
            "PALISADE_DRAINING": "off",
            "PALISADE_AUTOSCALING": "off",
            "PALISADE_CONTROL_PLANE": "localstack",
        },
        CHECKOUT,
    )
    assert settings.read(chosen.as_environment(), Path("/")) == chosen


@pytest.mark.parametrize(
    "environment",
    [
        {"PALISADE_API_PORT": "http"},
        {"PALISADE_API_PORT": "80"},
        {"PALISADE_SITE_PORT": "65536"},
        {"PALISADE_SITE_PORT": "4566"},
        {"PALISADE_DRAINING": "no"},
        {"PALISADE_DEPLOYER_JUDGED": "yes"},
        {"PALISADE_CONTROL_PLANE": "aws"},
        {"PALISADE_CREDENTIALS_SECONDS": "0"},
        {"PALISADE_AUTOSCALING": "yes"},
    ],
)
def test_a_wrong_value_is_refused_with_the_name_of_its_variable(environment: dict[str, str]) -> None:
    (name,) = environment
    with pytest.raises(SettingsError, match=name):
        settings.read(environment, CHECKOUT)
