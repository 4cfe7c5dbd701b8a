# SPDX-License-Identifier: GPL-3.0-or-later
"""What the roles of tasks may do is what is done with them: no permission is missing, and none is left over."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.site import STACK, Site
from tests.probes.documents import ManagedPolicy
from tests.probes.mutants import narrowed, with_action

ROLES = f"arn:aws:iam::123456789012:role/{STACK}-eu-central-1-"
# What a task is given to find its role by.
GIVEN = ("AWS_CONTAINER_CREDENTIALS_FULL_URI", "AWS_CONTAINER_AUTHORIZATION_TOKEN", "AWS_ENDPOINT_URL")
# Granted, and never called here: why all the same.
EXCEPTIONS = {
    ("execution", "ecr:BatchCheckLayerAvailability"): (
        "AWS asks for it in every policy for pulling, though its API reference says that pushing calls it: "
        "https://docs.aws.amazon.com/AmazonECR/latest/userguide/vpc-endpoints.html"
    ),
}
# Tests of the application that call its table.
TESTS = ("check_table", "commands", "dynamodb", "repositories", "sales")
# Tests of the application that see what becomes of a call that nobody allows.
REFUSED = {(action, "another") for action in ("DeleteItem", "GetItem", "PutItem")}
REFUSED |= {("Query", name) for name in ("another", "by-customer", "by-status")}


@dataclass(frozen=True)
class Used:
    """A decision that was made for a role."""

    action: str
    resource: str
    via: str
    denied: bool


def environment_of_a_task(site: Site) -> dict[str, str]:
    """Return what a running task of the site has been given to call AWS."""
    pid = site.tasks()[0]["pid"]
    pairs = Path(f"/proc/{pid}/environ").read_text(encoding="utf-8").split("\0")
    variables = dict(pair.split("=", 1) for pair in pairs if "=" in pair)
    return {name: variables[name] for name in GIVEN}


def run_tests(site: Site, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run tests of the application as a task of the site."""
    # Options for this run of pytest are none for that one, whose report is read.
    variables = {**environment_of_a_task(site), "STOREFRONT_TEST_TABLE": STACK, "PYTEST_ADDOPTS": ""}
    return site.run(sys.executable, "-m", "pytest", "-q", *arguments, **variables)


@pytest.fixture(scope="module")
def tested(site: Site) -> str:
    """The tests of the application that call its table, run as a task of the site; what they said."""
    done = run_tests(site, *(f"app/tests/integration/test_storefront_{name}.py" for name in TESTS))
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    return done.stdout


def granted(site: Site, purpose: str) -> Iterator[tuple[str, str]]:
    """Return every action on every resource that the policies of a role name."""
    iam = site.client("iam")
    name = f"{STACK}-eu-central-1-{purpose}"
    assert iam.list_role_policies(RoleName=name)["PolicyNames"] == []
    for attached in iam.list_attached_role_policies(RoleName=name)["AttachedPolicies"]:
        version = iam.get_policy(PolicyArn=attached["PolicyArn"])["Policy"]["DefaultVersionId"]
        found = iam.get_policy_version(PolicyArn=attached["PolicyArn"], VersionId=version)["PolicyVersion"]["Document"]
        for statement in found["Statement"]:
            assert statement["Effect"] == "Allow"
            for action in listed(statement["Action"]):
                yield from ((action, resource) for resource in listed(statement["Resource"]))


def listed(value: Any) -> list[str]:
    return value if isinstance(value, list) else [value]


def used(site: Site, purpose: str) -> set[Used]:
    """Return what was asked in the name of a role since the emulator started."""
    return {
        Used(entry["action"], entry["resource"], entry["via"], bool(entry["denied_by"]))
        for entry in site.ask("journal")
        if entry["who"] == f"{ROLES}{purpose}"
    }


def test_the_application_passes_its_tests_as_the_role_of_a_task(tested: str) -> None:
    assert "passed" in tested
    assert "skipped" not in tested


def unused(site: Site, purpose: str) -> set[tuple[str, str]]:
    """Return the actions that a role may do and nobody did, with its purpose."""
    calls = {(one.action, one.resource) for one in used(site, purpose) if not one.denied}
    return {
        (purpose, action)
        for action, resource in granted(site, purpose)
        if not any(called == action and fnmatchcase(on, resource) for called, on in calls)
    }


@pytest.mark.usefixtures("tested")
@pytest.mark.parametrize("purpose", ["task", "execution"])
def test_nothing_is_granted_that_is_not_used(site: Site, purpose: str) -> None:
    excepted = {one for one in EXCEPTIONS if one[0] == purpose}
    assert unused(site, purpose) == excepted
    # The control: what is granted besides is found.
    policy = ManagedPolicy(site, purpose)
    with policy.having(with_action(policy.policy, 0, "dynamodb:Scan").policy):
        assert unused(site, purpose) == {*excepted, (purpose, "dynamodb:Scan")}


@pytest.mark.usefixtures("tested")
@pytest.mark.parametrize("purpose", ["task", "execution"])
def test_nothing_is_used_that_is_not_granted(site: Site, purpose: str) -> None:
    """The control of the journal: the application's tests also try a table that no policy names."""
    refused = {(one.action.split(":")[1], one.resource.rpartition("/")[2]) for one in used(site, purpose) if one.denied}
    assert refused == (REFUSED if purpose == "task" else set())
    assert {one.action for one in used(site, purpose)} <= {action for action, _ in granted(site, purpose)}


@pytest.mark.nightly
def test_less_is_noticed_by_the_tests_of_the_application(site: Site) -> None:
    """Every element of the task's policy is one that the contract tests of the repository need."""
    policy = ManagedPolicy(site, "task")
    names = ("repositories", "sales")
    contract = (*(f"app/tests/integration/test_storefront_{name}.py" for name in names), "-x", "-k", "dynamodb")
    assert run_tests(site, *contract).returncode == 0
    with policy.changing():
        for mutant in narrowed(policy.policy):
            policy.put(mutant.policy)
            done = run_tests(site, *contract)
            assert done.returncode == 1, mutant.change
            assert "AccessDeniedException" in done.stdout, mutant.change
