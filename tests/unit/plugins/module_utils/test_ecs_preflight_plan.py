# SPDX-License-Identifier: GPL-3.0-or-later
"""What would keep tasks from starting."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_preflight_plan as plan

ROLE = "arn:aws:iam::123456789012:role/execution"
SECRET = "arn:aws:secretsmanager:eu-central-1:123456789012:secret:shop-AbCdEf"
PARAMETER = "arn:aws:ssm:eu-central-1:123456789012:parameter/shop/password"


def trust(principal: Any, effect: str = "Allow") -> dict[str, Any]:
    return {"AssumeRolePolicyDocument": {"Statement": {"Effect": effect, "Principal": principal}}}


@pytest.mark.parametrize("principal", [{"Service": plan.TASKS}, {"Service": ["ecs.amazonaws.com", plan.TASKS]}])
def test_role_that_tasks_get(principal: Any) -> None:
    assert plan.trust_problem(ROLE, trust(principal)) == ""


@pytest.mark.parametrize(
    ("role", "words"),
    [
        (None, "does not exist"),
        (trust({"Service": "ecs.amazonaws.com"}), "does not trust"),
        (trust({"Service": plan.TASKS}, "Deny"), "does not trust"),
        (trust({"AWS": "123456789012"}), "does not trust"),
        (trust("*"), "does not trust"),
    ],
)
def test_role_that_tasks_do_not_get(role: dict[str, Any] | None, words: str) -> None:
    assert words in plan.trust_problem(ROLE, role)


def test_what_the_execution_role_needs() -> None:
    asked = plan.needs(
        {
            "repository_arn": "repository",
            "log_group_arn": "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/shop",
            "secrets": [f"{SECRET}:password::", PARAMETER],
        }
    )
    assert {need.resource: need.actions for need in asked} == {
        "*": ("ecr:GetAuthorizationToken",),
        "repository": plan.PULLS,
        "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/shop:log-stream:*": plan.LOGS,
        SECRET: ("secretsmanager:GetSecretValue",),
        PARAMETER: ("ssm:GetParameters",),
    }
    (need,) = plan.needs({"repository_arn": "", "log_group_arn": "", "secrets": []})
    assert need.resource == "*"


@pytest.mark.parametrize(
    ("decision", "missing", "unsure", "told"),
    [
        ("allowed", [], [], []),
        ("implicitDeny", [], [], ["is not allowed"]),
        ("implicitDeny", ["aws:SourceVpce"], [], []),
        ("implicitDeny", [], [SECRET], []),
        ("explicitDeny", ["aws:SourceVpce"], [SECRET], ["is denied"]),
    ],
)
def test_denials_are_told_if_they_are_certain(
    decision: str, missing: list[str], unsure: list[str], told: list[str]
) -> None:
    result = {"EvalActionName": "a:B", "EvalResourceName": SECRET, "EvalDecision": decision}
    found = list(plan.denials(ROLE, [{**result, "MissingContextValues": missing}], unsure))
    assert [words in sentence for words, sentence in zip(told, found, strict=True)] == [True] * len(told)


def test_secrets() -> None:
    assert plan.secret_problem(f"{SECRET}:password::", {}) == ""
    assert plan.secret_problem(f"{SECRET}:password::", None) == f"The secret {SECRET} does not exist."
    assert "scheduled for deletion" in plan.secret_problem(SECRET, {"DeletedDate": "today"})


def spread(tasks: int, *strategy: tuple[str, int, int]) -> dict[str, float]:
    named = [{"capacity_provider": name, "base": base, "weight": weight} for name, base, weight in strategy]
    return plan.vcpu({"capacity_provider_strategy": named, "tasks": tasks, "cpu": 256})


def test_tasks_are_spread_by_base_and_weight() -> None:
    assert spread(12, ("FARGATE", 0, 1)) == {"FARGATE": 3.0}
    assert spread(12, ("FARGATE", 2, 1), ("FARGATE_SPOT", 0, 3)) == {"FARGATE": 1.25, "FARGATE_SPOT": 2.0}
    assert spread(1, ("FARGATE", 2, 1)) == {"FARGATE": 0.25}
    assert spread(4, ("FARGATE", 0, 0)) == {"FARGATE": 0.0}
    assert spread(4) == {}


@pytest.mark.parametrize(("seconds", "median"), [([], 0), ([40.2], 41), ([3, 90, 5], 5), ([4, 7], 6)])
def test_start_of_the_middle_one(seconds: list[float], median: int) -> None:
    made = datetime(2026, 1, 1, tzinfo=UTC)
    tasks = [{"createdAt": made, "startedAt": made + timedelta(seconds=one)} for one in seconds]
    # One that does not run yet tells nothing.
    assert plan.start_seconds([*tasks, {"createdAt": made}]) == median


def test_quotas() -> None:
    assert plan.quota_problem("FARGATE", 6, 6.0) == plan.quota_problem("FARGATE", 600, None) == ""
    assert "FARGATE gives this account 6 vCPU" in plan.quota_problem("FARGATE", 6.25, 6.0)
    assert "need 6.25" in plan.quota_problem("FARGATE", 6.25, 6.0)
