# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What would keep the tasks of a service from starting, as pure functions over what AWS says."""

from __future__ import annotations

import math
import statistics
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Facts = Mapping[str, Any]
TASKS = "ecs-tasks.amazonaws.com"
ALLOWED = "allowed"
# Of Fargate's CPU units, this many are a vCPU.
UNITS = 1024
# Fargate counts the vCPU of all tasks of an account and region.
# https://docs.aws.amazon.com/general/latest/gr/ecs-service.html
QUOTAS = {"FARGATE": "L-3032A538", "FARGATE_SPOT": "L-36FBB829"}
PULLS = ("ecr:BatchCheckLayerAvailability", "ecr:BatchGetImage", "ecr:GetDownloadUrlForLayer")
LOGS = ("logs:CreateLogStream", "logs:PutLogEvents")


@dataclass(frozen=True)
class Need:
    """Actions on a resource that the execution role has to be allowed."""

    actions: tuple[str, ...]
    resource: str


def secret_of(reference: str) -> str:
    """Return the ARN of a secret or parameter, without the key, stage and version that a reference may say after it."""
    return ":".join(reference.split(":")[:7])


def is_parameter(arn: str) -> bool:
    """Tell whether an ARN is that of a parameter of SSM."""
    return arn.split(":")[2] == "ssm"


def needs(params: Facts) -> list[Need]:
    """Return what ECS does in the execution role before a task starts.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task_execution_IAM_role.html
    """
    found = [Need(("ecr:GetAuthorizationToken",), "*")]
    if params["repository_arn"]:
        found.append(Need(PULLS, params["repository_arn"]))
    if params["log_group_arn"]:
        found.append(Need(LOGS, f"{params['log_group_arn']}:log-stream:*"))
    for reference in params["secrets"]:
        arn = secret_of(reference)
        action = "ssm:GetParameters" if is_parameter(arn) else "secretsmanager:GetSecretValue"
        found.append(Need((action,), arn))
    return found


def trust_problem(role_arn: str, role: Facts | None) -> str:
    """Say why ECS could not give a role to a task; nothing if it can."""
    if role is None:
        return f"Role {role_arn} does not exist."
    if any(map(_trusts_tasks, _statements(role["AssumeRolePolicyDocument"]))):
        return ""
    return f"Role {role_arn} does not trust {TASKS}, so ECS cannot give it to a task."


def _statements(document: Facts) -> list[Facts]:
    found = document.get("Statement", [])
    return found if isinstance(found, list) else [found]


def _trusts_tasks(statement: Facts) -> bool:
    principal = statement.get("Principal") or {}
    services = principal.get("Service", []) if isinstance(principal, Mapping) else principal
    named = services if isinstance(services, list) else [services]
    return statement.get("Effect") == "Allow" and TASKS in named


def denials(role_arn: str, results: Sequence[Facts], unsure: Sequence[str]) -> Iterator[str]:
    """Say what the simulation of IAM denies the execution role.

    It is not believed where a policy asks for what only the call itself would tell, nor for a resource whose own policy
    may allow it (`unsure`): unless a policy denies it.
    """
    for one in results:
        decision, resource = one["EvalDecision"], one["EvalResourceName"]
        told = decision == "explicitDeny" or not (one.get("MissingContextValues") or resource in unsure)
        if decision != ALLOWED and told:
            how = "is denied" if decision == "explicitDeny" else "is not allowed"
            yield f"The execution role {role_arn} {how} {one['EvalActionName']} on {resource}."


def secret_problem(reference: str, found: Facts | None) -> str:
    """Say why a secret cannot be read by anybody; nothing if it can."""
    if found is None:
        return f"The secret {secret_of(reference)} does not exist."
    if found.get("DeletedDate"):
        return f"The secret {secret_of(reference)} is scheduled for deletion."
    return ""


def start_seconds(tasks: Sequence[Facts]) -> int:
    """Return how long the tasks that run took to start, in whole seconds: that of the middle one, 0 if none runs."""
    took = [(one["startedAt"] - one["createdAt"]).total_seconds() for one in tasks if one.get("startedAt")]
    return math.ceil(statistics.median(took)) if took else 0


def vcpu(params: Facts) -> dict[str, float]:
    """Return how many vCPU all tasks need at the same time, by capacity provider.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_CapacityProviderStrategyItem.html
    """
    strategy, tasks = params["capacity_provider_strategy"], params["tasks"]
    weights = sum(one["weight"] for one in strategy)
    rest = max(0, tasks - sum(one["base"] for one in strategy))
    needed = {}
    for one in strategy:
        share = math.ceil(rest * one["weight"] / weights) if weights else 0
        needed[one["capacity_provider"]] = min(tasks, one["base"] + share) * params["cpu"] / UNITS
    return needed


def quota_problem(provider: str, needed: float, quota: float | None) -> str:
    """Say whether tasks need more vCPU than the account may have; nothing if they do not, or the quota is not known."""
    if quota is None or needed <= quota:
        return ""
    return (
        f"{provider} gives this account {quota:g} vCPU in this region, and as many tasks as there may be need "
        f"{needed:g}. Ask for more (Service Quotas, fargate, {QUOTAS[provider]}), or have fewer or smaller tasks."
    )
