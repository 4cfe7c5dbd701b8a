# SPDX-License-Identifier: GPL-3.0-or-later
"""The callback prepares a run, or says once why it does not."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import pytest
from ansible.plugins.callback import CallbackBase
from ansible_collections.palisade.ecs.plugins.callback import warm


class Recorder:
    """Stand in for the display and for the preloading."""

    def __init__(self) -> None:
        self.said: list[str] = []
        self.modules: list[str] = []

    def warning(self, text: str) -> None:
        self.said.append(text)

    def module(self, name: str) -> None:
        self.modules.append(name)


def callback(monkeypatch: pytest.MonkeyPatch, core: str = "2.21.0", **options: Any) -> tuple[Any, Recorder]:
    """Return the callback as a run has it, and what it says and loads."""
    recorder = Recorder()
    given = {"enabled": True, "collections": ["amazon.aws"], **options}
    monkeypatch.setattr(warm, "__version__", core)
    monkeypatch.setattr(CallbackBase, "set_options", lambda *_, **__: None)
    monkeypatch.setattr(warm.CallbackModule, "get_option", lambda _, name: given[name])
    made = warm.CallbackModule()
    made._display = recorder
    action = __import__(f"{warm.UTILITIES}_warm_action", fromlist=["WarmExecution"]).WarmExecution
    monkeypatch.setattr(action, "preload", recorder)
    monkeypatch.setattr(action, "collections", ())
    made.set_options()
    return made, recorder


def task(resolved: str | None, action: str = "ec2_vpc_net") -> Any:
    return SimpleNamespace(resolved_action=resolved, action=action)


def test_module_of_a_listed_collection_is_prepared_before_its_task(monkeypatch: pytest.MonkeyPatch) -> None:
    made, recorder = callback(monkeypatch)
    made.v2_playbook_on_task_start(task("amazon.aws.ec2_vpc_net"), is_conditional=False)
    made.v2_playbook_on_handler_task_start(task("amazon.aws.kms_key"))
    made.v2_playbook_on_task_start(task("ansible.builtin.debug"), is_conditional=False)
    made.v2_playbook_on_task_start(task(None), is_conditional=False)
    assert recorder.modules == ["amazon.aws.ec2_vpc_net", "amazon.aws.kms_key"]
    assert recorder.said == []


def test_unknown_version_is_said_once_and_nothing_is_prepared(monkeypatch: pytest.MonkeyPatch) -> None:
    made, recorder = callback(monkeypatch, core="2.99.0")
    for _ in range(3):
        made.v2_playbook_on_task_start(task("amazon.aws.ec2_vpc_net"), is_conditional=False)
    assert recorder.modules == []
    (said,) = recorder.said
    assert "all tasks take the stock path: ansible-core 2.99.0" in said


def test_switched_off_it_does_and_says_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    made, recorder = callback(monkeypatch, enabled=False)
    made.v2_playbook_on_task_start(task("amazon.aws.ec2_vpc_net"), is_conditional=False)
    assert recorder.modules == recorder.said == []
