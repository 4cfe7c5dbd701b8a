# SPDX-License-Identifier: GPL-3.0-or-later
"""Workflows of GitHub run the make targets that there are, with no more rights than they need."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from tests.unit.house.checkout import ROOT, load, shown

WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
TARGETS = set(re.findall(r"^([a-z][a-z-]*):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))


def steps(workflow: dict[str, Any]) -> list[dict[str, Any]]:
    return [step for job in workflow["jobs"].values() for step in job["steps"]]


def made(workflow: dict[str, Any]) -> set[str]:
    lines = [line.split() for step in steps(workflow) for line in step.get("run", "").splitlines()]
    return {word for words in lines if words and words[0] == "make" for word in words[1:]}


@pytest.mark.parametrize("path", WORKFLOWS, ids=shown)
def test_workflow_runs_targets_that_there_are_and_may_only_read(path: Path) -> None:
    workflow = load(path)
    assert made(workflow)
    assert made(workflow) <= TARGETS
    assert workflow["permissions"] == {"contents": "read"}
    assert all("timeout-minutes" in job for job in workflow["jobs"].values())
    assert all("@" in step["uses"] for step in steps(workflow) if "uses" in step)


def test_every_gate_runs_before_a_change_lands() -> None:
    checks = load(ROOT / ".github" / "workflows" / "checks.yml")
    assert {"lint", "test", "sanity", "release-check", "docs", "audit"} <= made(checks)


def test_issue_forms_and_renovate_can_be_read() -> None:
    forms = [load(path) for path in (ROOT / ".github" / "ISSUE_TEMPLATE").glob("*.yml") if path.name != "config.yml"]
    assert len(forms) == 2
    assert all(form["name"] and form["description"] and form["body"] for form in forms)
    assert "pep621" in json.loads((ROOT / "renovate.json").read_text(encoding="utf-8"))["enabledManagers"]


def test_execution_environment_takes_what_the_collection_takes() -> None:
    environment = load(ROOT / "execution-environment.yml")["dependencies"]["galaxy"]["collections"]
    galaxy = load(ROOT / "galaxy.yml")
    assert {one["name"]: one.get("version") for one in environment} == {"palisade.ecs": None, **galaxy["dependencies"]}


def test_step_that_makes_what_is_not_there_is_found() -> None:
    workflow = {"jobs": {"one": {"steps": [{"run": "cd x\nmake lint nothing"}]}}}
    assert made(workflow) - TARGETS == {"nothing"}
