# SPDX-License-Identifier: GPL-3.0-or-later
"""The published policies are enough, are what today's roles need, and IAM takes them."""

from __future__ import annotations

import json
import re

import pytest

from deployer import boundary, published
from deployer.changes import PLACE
from deployer.documents import LIMIT, LONGEST, NAMES, Document, fill
from deployer.question import STACK, Question
from deployer.recording import ROLE, Recording, denials, deployer
from deployer.steps import POLICIES, Step
from tests.deployer.judged import allowed, without
from tests.e2e.site import Site

# "Managed policies attached to an IAM role: 10": reference_iam-quotas.
MOST_POLICIES = 10
ROLES = ("network", "security", "data", "ecs_service")
READ = {"Des", "Get", "Lis"}


@pytest.mark.full
def test_what_is_published_is_made_of_what_todays_roles_ask_for(recording: Recording) -> None:
    wanted = published.generate(recording)
    found = {name: (published.DOCS / name).read_text() for name in wanted}
    assert found == wanted, "run `make deployer-policy`"
    there = {f"{published.DIRECTORY.name}/{path.name}" for path in published.DIRECTORY.iterdir()}
    assert there == {name for name in wanted if name.endswith(".json")}


@pytest.mark.full
def test_nothing_was_denied_that_a_module_did_not_mind(recording: Recording, site: Site) -> None:
    assert not denials(site)


@pytest.mark.full
def test_every_step_was_asked_for_something_of_its_own(recording: Recording) -> None:
    assert set(recording.questions) == set(POLICIES)
    services = {policy: {one.service for one in questions} for policy, questions in recording.questions.items()}
    assert "dynamodb" in services["data"]
    assert {"iam", "kms"} <= services["security"]
    assert {"ecr", "ecs", "elasticloadbalancing", "logs"} <= services["ecs_service"]
    assert "dynamodb:RestoreTableToPointInTime" in {one.action for one in recording.questions["restore"]}
    assert "dynamodb:DeleteTable" in {one.action for one in recording.questions["teardown"]}
    written = {one.action for one in recording.questions["deployment"] if one.action.partition(":")[2][:3] not in READ}
    assert written >= {"ecr:PutImage", "ecs:RegisterTaskDefinition", "ecs:UpdateService", "iam:PassRole"}
    assert not {action for action in written if action.startswith(("ec2:", "elasticloadbalancing:", "kms:"))}


# What makes, changes and removes a service, with `{}` for its name and `{group}` for that of its target group.
CHANGES = {
    "ecs:UpdateService": f"arn:aws:ecs:{PLACE}:service/{STACK}/{{}}",
    "ecs:DeleteService": f"arn:aws:ecs:{PLACE}:service/{STACK}/{{}}",
    "ecs:RegisterTaskDefinition": f"arn:aws:ecs:{PLACE}:task-definition/{{}}:*",
    "ecs:DeleteTaskDefinitions": f"arn:aws:ecs:{PLACE}:task-definition/{{}}:1",
    "elasticloadbalancing:DeleteTargetGroup": f"arn:aws:elasticloadbalancing:{PLACE}:targetgroup/{{group}}/0",
    "cloudwatch:DeleteAlarms": f"arn:aws:cloudwatch:{PLACE}:alarm:{{}}.service-errors",
    "cloudwatch:PutDashboard": f"arn:aws:cloudwatch::{NAMES['account']}:dashboard/{{}}-{NAMES['region']}",
}


@pytest.mark.parametrize("action", CHANGES)
def test_who_adds_a_service_cannot_change_the_first(policies: dict[str, list[Document]], action: str) -> None:
    def may(name: str, group: str) -> bool:
        return allowed(Question(action, CHANGES[action].format(name, group=group)), policies["further"])

    assert may(f"{STACK}--reports", f"{STACK}-0reports")
    assert not may(STACK, STACK)
    assert not may(STACK, f"{STACK}-2")


def test_a_role_can_have_the_policies(policies: dict[str, list[Document]]) -> None:
    """Those that make and change a stack together; each other job has a role of its own."""
    jobs = tuple((policy,) for policy in POLICIES if policy not in ROLES)
    assert len(jobs) > 1
    for names in (ROLES, *jobs):
        assert len([document for name in names for document in policies[name]]) <= MOST_POLICIES


def test_no_id_of_the_recorded_run_is_published(policies: dict[str, list[Document]]) -> None:
    found = json.dumps(policies)
    assert not re.findall(r"[0-9a-f]{8}-[0-9a-f]{4}|[0-9a-f]{16}|\b\d{8,}", found)


def test_iam_takes_the_policies_whatever_the_names(policies: dict[str, list[Document]]) -> None:
    attached = [document for policy in policies if policy != boundary.NAME for document in policies[policy]]
    for document in attached:
        text = json.dumps(fill(document, LONGEST), separators=(",", ":"))
        assert len(text) <= LIMIT
        assert not {"{account}", "{partition}", "{region}", "{stack}"} & set(text.split('"'))
        names = [statement["Sid"] for statement in document["Statement"]]
        assert len(set(names)) == len(names)
        assert all(name.isalnum() for name in names)


def test_no_action_is_a_wildcard_and_no_role_is_passed_to_anybody(policies: dict[str, list[Document]]) -> None:
    for statement in (one for found in policies.values() for document in found for one in document["Statement"]):
        actions = statement["Action"] if isinstance(statement["Action"], list) else [statement["Action"]]
        assert not [action for action in actions if "*" in action]
        if "iam:PassRole" in actions:
            assert statement["Condition"]["StringEquals"]["iam:PassedToService"]
            assert "*" not in json.dumps(statement["Resource"])


SAMPLES = (("data", "dynamodb:DescribeTable"), ("network", "ec2:DescribeVpcs"), ("security", "iam:GetRole"))


@pytest.mark.full
@pytest.mark.parametrize(("policy", "action"), SAMPLES)
def test_a_run_without_an_action_is_denied_just_that(
    recording: Recording, site: Site, policies: dict[str, list[Document]], policy: str, action: str
) -> None:
    """Some modules of others keep AWS's message to themselves; the log of the embedded AWS has it."""
    keys = deployer(site, f"{policy}-less", [without(action, document) for document in policies[policy]])
    arguments = Step(policy, policy).arguments(site.run_dir, keys, recording.inputs)
    done = site.run("ansible-playbook", "-i", "inventories/local", "site.yml", *arguments)
    assert done.returncode == 2
    last = denials(site)[-1]
    assert f"{ROLE}-{policy}-less" in last
    assert f"because no identity-based policy allows the {action} action" in last
