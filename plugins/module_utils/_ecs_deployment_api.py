# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls about deployments of a service of ECS, one function each; all raise AnsibleAWSError."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import (
    EcsErrorHandler,
    ElbErrorHandler,
    missing_as,
)
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_definition_plan import of_family
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment_plan import ENDED

Entry = dict[str, Any]
# The most that one call describes: https://docs.aws.amazon.com/AmazonECS/latest/APIReference/Welcome.html
DEPLOYMENTS_AT_ONCE = 20
TASKS_AT_ONCE = 100
# A deployment that has ended meanwhile.
StopErrorHandler = missing_as("ConflictException", "ServiceDeploymentNotFoundException")


class DeploymentWaiterFactory(BaseWaiterFactory):
    """Makes the waiters that look until something has happened, or for a while."""

    def __init__(self, known: Sequence[str] = ()) -> None:
        self._known = list(known)
        super().__init__()

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        ends = [_success("pathAny", "serviceDeployments[].status", status) for status in ENDED]
        # In JMESPath a backtick ends a literal; ARNs have none.
        new = f"length(serviceDeployments[?!contains(`{json.dumps(self._known)}`, serviceDeploymentArn)]) > `0`"
        fewer = "services[0].runningCount < services[0].desiredCount"
        return {
            "deployment_listed": _waiter("ListServiceDeployments", [_success("path", new, True)]),
            "deployment_ended": _waiter("DescribeServiceDeployments", ends),
            "task_missing": _waiter("DescribeServices", [_success("path", fewer, True)]),
        }


def _success(matcher: str, argument: str, expected: Any) -> dict[str, Any]:
    return {"state": "success", "matcher": matcher, "argument": argument, "expected": expected}


def _waiter(operation: str, acceptors: list[dict[str, Any]]) -> dict[str, Any]:
    return {"operation": operation, "delay": 5, "maxAttempts": 12, "acceptors": acceptors}


def _call(client: Any, operation: str, **arguments: Any) -> Any:
    @EcsErrorHandler.common_error_handler(operation.replace("_", " "))
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return attempt()


def _wait(client: Any, waiter: str, pause: float, attempts: int, known: Sequence[str] = (), **arguments: Any) -> bool:
    """Wait and say whether what is waited for has happened."""

    @EcsErrorHandler.common_error_handler(f"wait: {waiter.replace('_', ' ')}")
    def attempt() -> None:
        config = {"Delay": pause, "MaxAttempts": attempts}
        DeploymentWaiterFactory(known).get_waiter(client, waiter).wait(**arguments, WaiterConfig=config)

    try:
        attempt()
    except AnsibleAWSError as error:
        if "Max attempts exceeded" not in str(error.exception):
            raise
        return False
    return True


def describe_service(client: Any, cluster: str, service: str) -> dict[str, Any]:
    """Return a service that is active, nothing if there is none."""

    @EcsErrorHandler.list_error_handler(f"describe service {service}", {})
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.describe_services(cluster=cluster, services=[service])

    found = dict(attempt()).get("services", [])
    return next((dict(one) for one in found if one["status"] == "ACTIVE"), {})


def definition(client: Any, name: str) -> dict[str, Any]:
    """Return a task definition by ARN, or by family and revision."""
    return dict(_call(client, "describe_task_definition", taskDefinition=name)["taskDefinition"])


def newest_definitions(client: Any, family: str, most: int) -> list[str]:
    """Return the ARNs of the newest active revisions of a family, the newest first."""
    arguments = {"familyPrefix": family, "status": "ACTIVE", "sort": "DESC", "maxResults": 100}
    found = _call(client, "list_task_definitions", **arguments)["taskDefinitionArns"]
    return of_family(found, family)[:most]


def register(client: Any, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """Register a task definition and return it."""
    return dict(_call(client, "register_task_definition", **wanted)["taskDefinition"])


def deploy(client: Any, cluster: str, service: str, arn: str) -> None:
    """Have a service run a task definition."""
    _call(client, "update_service", cluster=cluster, service=service, taskDefinition=arn)


def history(client: Any, cluster: str, service: str) -> list[Entry]:
    """Return the newest service deployments of a service, the newest first."""
    listed = _call(client, "list_service_deployments", cluster=cluster, service=service, maxResults=100)
    newest = sorted(listed["serviceDeployments"], key=lambda one: one["createdAt"], reverse=True)
    arns = [one["serviceDeploymentArn"] for one in newest[:DEPLOYMENTS_AT_ONCE]]
    if not arns:
        return []
    found = _call(client, "describe_service_deployments", serviceDeploymentArns=arns)["serviceDeployments"]
    definitions = _definitions(client, {arn for one in found for arn in _revisions(one) if arn})
    entries = []
    for one in found:
        target, rollback = (definitions.get(arn, "") for arn in _revisions(one))
        entries.append({**one, "target": target, "rolled_back_to": rollback})
    return sorted(entries, key=lambda one: arns.index(one["serviceDeploymentArn"]))


def _revisions(entry: Mapping[str, Any]) -> tuple[str, str]:
    """Return the ARNs of what is rolled out and of what is rolled back to, empty where there is none yet."""
    target, rollback = entry.get("targetServiceRevision") or {}, entry.get("rollback") or {}
    return str(target.get("arn", "")), str(rollback.get("serviceRevisionArn", ""))


def _definitions(client: Any, revisions: set[str]) -> dict[str, str]:
    """Return the task definitions of service revisions."""
    ordered, found = sorted(revisions), []
    for start in range(0, len(ordered), DEPLOYMENTS_AT_ONCE):
        arns = ordered[start : start + DEPLOYMENTS_AT_ONCE]
        found += _call(client, "describe_service_revisions", serviceRevisionArns=arns)["serviceRevisions"]
    return {one["serviceRevisionArn"]: one["taskDefinition"] for one in found}


def wait_until_listed(client: Any, cluster: str, service: str, known: Sequence[str], seconds: int) -> bool:
    """Wait for some seconds until a service has a deployment besides the known ones; say whether it has."""
    return _wait(client, "deployment_listed", 1, seconds + 1, known, cluster=cluster, service=service)


def wait_until_ended(client: Any, arn: str, seconds: float) -> bool:
    """Wait for a while until a deployment has ended; say whether it has."""
    return _wait(client, "deployment_ended", seconds, 2, serviceDeploymentArns=[arn])


def stage(client: Any, arn: str) -> str:
    """Return the stage of a deployment that moves requests, nothing of any other."""
    found = _call(client, "describe_service_deployments", serviceDeploymentArns=[arn])["serviceDeployments"]
    return next((str(one.get("lifecycleStage") or "") for one in found), "")


def stop(client: Any, arn: str) -> bool:
    """Have a deployment rolled back; say whether it was still under way."""

    @StopErrorHandler.deletion_error_handler(f"stop {arn}")
    @AWSRetry.jittered_backoff()
    def attempt() -> bool:
        client.stop_service_deployment(serviceDeploymentArn=arn, stopType="ROLLBACK")
        return True

    return bool(attempt())


def wait_until_missing(client: Any, cluster: str, service: str, seconds: float) -> bool:
    """Wait for a while until a service runs fewer tasks than it should; say whether it does."""
    return _wait(client, "task_missing", seconds, 2, cluster=cluster, services=[service])


def tasks(client: Any, cluster: str, service: str) -> list[dict[str, Any]]:
    """Return the tasks of a service: those that run, and those that stopped within about the last hour."""
    found: list[dict[str, Any]] = []
    for status in ("RUNNING", "STOPPED"):
        named = {"cluster": cluster, "serviceName": service, "desiredStatus": status}
        arns = _call(client, "list_tasks", **named, maxResults=TASKS_AT_ONCE)["taskArns"]
        if arns:
            found += _call(client, "describe_tasks", cluster=cluster, tasks=arns)["tasks"]
    return found


def target_health(client: Any, service: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Return how the targets of a service are; nothing of a target group that is gone."""

    @ElbErrorHandler.list_error_handler("describe target health", {})
    @AWSRetry.jittered_backoff()
    def attempt(arn: str) -> Any:
        return client.describe_target_health(TargetGroupArn=arn)

    groups = [one["targetGroupArn"] for one in service.get("loadBalancers") or [] if one.get("targetGroupArn")]
    return [one for arn in groups for one in dict(attempt(arn)).get("TargetHealthDescriptions", [])]
