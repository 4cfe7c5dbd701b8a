# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)

from __future__ import annotations

from pathlib import Path
from typing import Any, NoReturn

import pytest
from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import PolicyError
from ansible_collections.palisade.ecs.plugins.plugin_utils._warm_preload import CLIENT

# ecs_deployment makes its clients in _ecs_deployment.py.
ALL = Path(__file__).parents[4].joinpath("plugins", "modules").glob("*.py")
MODULES = sorted(path for path in ALL if path.stem != "ecs_deployment")


class Ended(Exception):
    """How a module ended, and with what."""


class Module:
    """A module that tells how it ends."""

    def exit_json(self, **result: Any) -> NoReturn:
        raise Ended("exit_json", result)

    def fail_json(self, **result: Any) -> NoReturn:
        raise Ended("fail_json", result)

    def fail_json_aws_error(self, error: AnsibleAWSError) -> NoReturn:
        raise Ended("fail_json_aws_error", error.message)


def ended(error: Exception | None = None) -> tuple[Any, ...]:
    def run(module: Any, client: Any) -> dict[str, Any]:
        if error:
            raise error
        return {"changed": False, "client": client}

    with pytest.raises(Ended) as end:
        finish(Module(), "a client", run)
    return end.value.args


def test_what_a_module_returns_is_its_result() -> None:
    assert ended() == ("exit_json", {"changed": False, "client": "a client"})


@pytest.mark.parametrize("error", [PlanError("name is empty."), PolicyError("name is empty.")])
def test_what_a_plan_refuses_is_the_message(error: Exception) -> None:
    assert ended(error) == ("fail_json", {"msg": "name is empty."})


def test_what_aws_refuses_is_told_as_collections_of_aws_do() -> None:
    assert ended(AnsibleAWSError(message="Failed to look")) == ("fail_json_aws_error", "Failed to look")


def test_what_is_to_be_done_about_a_refusal_is_told_with_it() -> None:
    def refused(module: Any, client: Any) -> NoReturn:
        raise AnsibleAWSError(message="Failed to make it")

    with pytest.raises(Ended) as end:
        finish(Module(), None, refused, lambda error: "Wait." if "to make" in error else "")
    assert end.value.args == ("fail_json", {"msg": "Failed to make it. Wait."})


def test_what_is_an_error_of_ours_is_not_hidden() -> None:
    with pytest.raises(KeyError):
        finish(Module(), None, lambda module, client: {}["missing"])


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_warm_execution_reads_in_a_module_whose_data_it_takes(path: Path) -> None:
    assert CLIENT.search(path.read_text(encoding="utf-8"))
