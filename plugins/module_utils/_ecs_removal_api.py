# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls that remove a service of ECS and what belongs to it, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.waiter import custom_waiter_config
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import EcsErrorHandler, ScalingErrorHandler
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_definition_plan import of_family

# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_DeleteTaskDefinitions.html
MOST_AT_ONCE = 10


def _target(cluster: str, service: str) -> dict[str, str]:
    return {
        "ServiceNamespace": "ecs",
        "ResourceId": f"service/{cluster}/{service}",
        "ScalableDimension": "ecs:service:DesiredCount",
    }


def is_scaled(client: Any, cluster: str, service: str) -> bool:
    """Return whether a service is a scalable target. Raises AnsibleAWSError."""

    @ScalingErrorHandler.common_error_handler(f"describe the scaling of service {service}")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        target = _target(cluster, service)
        resource_id = target.pop("ResourceId")
        return client.describe_scalable_targets(ResourceIds=[resource_id], **target)["ScalableTargets"]

    return bool(attempt())


def end_scaling(client: Any, cluster: str, service: str) -> None:
    """Deregister a scalable target; AWS deletes its policies and their alarms with it. Raises AnsibleAWSError.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
    """

    @ScalingErrorHandler.deletion_error_handler(f"end the scaling of service {service}")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.deregister_scalable_target(**_target(cluster, service))

    attempt()


def is_there(client: Any, cluster: str, service: str) -> bool:
    """Return whether there is a service that is active or draining. Raises AnsibleAWSError."""

    @EcsErrorHandler.list_error_handler(f"describe service {service}", {})
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.describe_services(cluster=cluster, services=[service])

    return any(one["status"] != "INACTIVE" for one in dict(attempt()).get("services", []))


def delete_service(client: Any, cluster: str, service: str) -> None:
    """Delete a service whatever its number of tasks; they are stopped. Raises AnsibleAWSError."""

    @EcsErrorHandler.deletion_error_handler(f"delete service {service}")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.delete_service(cluster=cluster, service=service, force=True)

    attempt()


def wait_until_inactive(client: Any, cluster: str, service: str, timeout: int) -> None:
    """Wait until a service has drained. Raises AnsibleAWSError when it takes longer."""

    @EcsErrorHandler.deletion_error_handler(f"wait until service {service} is inactive")
    def attempt() -> None:
        config = custom_waiter_config(timeout, default_pause=5)
        client.get_waiter("services_inactive").wait(cluster=cluster, services=[service], WaiterConfig=config)

    attempt()


def tasks_of(client: Any, cluster: str, family: str) -> list[str]:
    """Return the ARNs of the tasks of a family that are not stopped, none without a cluster. Raises AnsibleAWSError."""

    @EcsErrorHandler.list_error_handler(f"list the tasks of {family}", {"taskArns": []})
    @AWSRetry.jittered_backoff()
    def attempt(status: str) -> Any:
        pages = client.get_paginator("list_tasks").paginate(cluster=cluster, family=family, desiredStatus=status)
        return pages.build_full_result()

    # A task that is on its way out is listed as stopped, which it may not be yet.
    listed = sorted({arn for status in ("RUNNING", "STOPPED") for arn in attempt(status)["taskArns"]})
    return [arn for arn in listed if _status_of(client, cluster, arn) not in ("STOPPED", "")]


def _status_of(client: Any, cluster: str, task_arn: str) -> str:
    @EcsErrorHandler.common_error_handler(f"describe task {task_arn}")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.describe_tasks(cluster=cluster, tasks=[task_arn])["tasks"]

    return next((str(one["lastStatus"]) for one in attempt()), "")


def wait_until_stopped(client: Any, cluster: str, task_arn: str, timeout: int) -> None:
    """Wait until a task has stopped and its network interface is gone. Raises AnsibleAWSError when it takes longer."""

    @EcsErrorHandler.deletion_error_handler(f"wait until task {task_arn} has stopped")
    def attempt() -> None:
        config = custom_waiter_config(timeout, default_pause=5)
        client.get_waiter("tasks_stopped").wait(cluster=cluster, tasks=[task_arn], WaiterConfig=config)

    attempt()


def task_definitions_of(client: Any, family: str, *states: str) -> list[str]:
    """Return the ARNs of the revisions of a family that are in these states. Raises AnsibleAWSError."""

    @EcsErrorHandler.list_error_handler(f"list the task definitions of {family}", {"taskDefinitionArns": []})
    @AWSRetry.jittered_backoff()
    def attempt(status: str) -> Any:
        pages = client.get_paginator("list_task_definitions").paginate(familyPrefix=family, status=status)
        return pages.build_full_result()

    found = [arn for status in states for arn in attempt(status)["taskDefinitionArns"]]
    return of_family(found, family)


def delete_task_definitions(client: Any, family: str) -> None:
    """Deregister and delete the task definitions of a family. Raises AnsibleAWSError.

    One that a task still used is deleted by AWS when the task ends.
    """

    @EcsErrorHandler.common_error_handler("delete the task definitions")
    @AWSRetry.jittered_backoff()
    def call(operation: str, **arguments: Any) -> Any:
        return getattr(client, operation)(**arguments)

    for arn in task_definitions_of(client, family, "ACTIVE"):
        call("deregister_task_definition", taskDefinition=arn)
    arns = task_definitions_of(client, family, "INACTIVE")
    for start in range(0, len(arns), MOST_AT_ONCE):
        call("delete_task_definitions", taskDefinitions=arns[start : start + MOST_AT_ONCE])
