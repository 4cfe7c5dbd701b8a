# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Questions about what tasks need before they start, one function each. All raise AnsibleAWSError."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_preflight_plan import QUOTAS, Need

MISSING = [
    *("NoSuchEntity", "NoSuchEntityException", "NoSuchResourceException", "ResourceNotFoundException"),
    *("ClusterNotFoundException", "ServiceNotFoundException"),
]
BUSY = ["Throttling", "ThrottlingException", "TooManyRequestsException"]
# How AWS says that a caller may not do something.
FORBIDDEN = frozenset({"AccessDenied", "AccessDeniedException", "UnauthorizedOperation"})
PreflightErrorHandler = missing_as(*MISSING)


def forbidden(error: Exception) -> bool:
    """Tell whether a call failed because who made it may not make it."""
    told = getattr(getattr(error, "exception", None), "response", {})
    return told.get("Error", {}).get("Code", "") in FORBIDDEN


def role(iam: Any, arn: str) -> dict[str, Any] | None:
    """Return a role, or None."""

    @PreflightErrorHandler.list_error_handler(f"look at the role {arn}", None)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return iam.get_role(RoleName=arn.rpartition("/")[2])["Role"]

    found: dict[str, Any] | None = attempt()
    return found


def simulate(iam: Any, role_arn: str, need: Need) -> list[dict[str, Any]]:
    """Return what IAM says of each action of a need, by the role's policies and its boundary."""

    @PreflightErrorHandler.common_error_handler(f"ask what {role_arn} may do")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        pages = iam.get_paginator("simulate_principal_policy").paginate(
            PolicySourceArn=role_arn, ActionNames=list(need.actions), ResourceArns=[need.resource]
        )
        return pages.build_full_result()["EvaluationResults"]

    return list(attempt())


def secret(client: Any, arn: str) -> dict[str, Any] | None:
    """Return a secret without its value, or None."""

    @PreflightErrorHandler.list_error_handler(f"look at the secret {arn}", None)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.describe_secret(SecretId=arn)

    found: dict[str, Any] | None = attempt()
    return found


def has_policy(client: Any, arn: str) -> bool:
    """Tell whether a secret has a policy of its own."""

    @PreflightErrorHandler.list_error_handler(f"look at the policy of the secret {arn}", {})
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.get_resource_policy(SecretId=arn)

    return bool(attempt().get("ResourcePolicy"))


def parameter(client: Any, arn: str) -> dict[str, Any] | None:
    """Return a parameter without its value, or None."""
    # Only names with a path begin with a slash, which is also where the kind of the resource ends.
    name = arn.partition(":parameter")[2]
    name = name if name.count("/") > 1 else name.lstrip("/")

    @PreflightErrorHandler.common_error_handler(f"look at the parameter {name}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        wanted = {"Key": "Name", "Option": "Equals", "Values": [name]}
        return client.describe_parameters(ParameterFilters=[wanted])["Parameters"]

    return next((dict(one) for one in attempt()), None)


def running_tasks(client: Any, cluster: str, service: str) -> list[dict[str, Any]]:
    """Return tasks of a service that run, up to a hundred; none of a service that is not there."""

    @PreflightErrorHandler.list_error_handler(f"look at the tasks of service {service}", {})
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        arns = client.list_tasks(cluster=cluster, serviceName=service, desiredStatus="RUNNING")["taskArns"]
        return client.describe_tasks(cluster=cluster, tasks=arns) if arns else {}

    return [dict(one) for one in dict(attempt()).get("tasks", [])]


def quota(client: Any, provider: str) -> float | None:
    """Return how many vCPU an account may have of a capacity provider; None if that is not known."""

    @PreflightErrorHandler.list_error_handler(f"look at the quota of {provider}", None)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.get_service_quota(ServiceCode="fargate", QuotaCode=QUOTAS[provider])["Quota"]["Value"]

    found: float | None = attempt()
    return found
