# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments of ECS services as AWS answers them.

moto makes one deployment when a service is created and never another, and knows no service deployments at all.
Here a service keeps `deployments` (what DescribeServices shows) and `history` (every deployment it ever had).
"""

from __future__ import annotations

import secrets
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import utcnow
from moto.ecs.responses import EC2ContainerServiceResponse

STATUS = {"COMPLETED": "SUCCESSFUL", "FAILED": "STOPPED", "IN_PROGRESS": "IN_PROGRESS"}
# What makes new tasks necessary: UpdateService begins a deployment when one of these becomes different.
TEMPLATE = (
    "task_definition",
    "network_configuration",
    "platform_version",
    "capacity_provider_strategy",
    "load_balancers",
    "service_registries",
    "service_connect_configuration",
    "volume_configurations",
    "vpc_lattice_configurations",
)


def apply() -> None:
    """Install the operations that moto lacks."""
    _list_service_deployments(EC2ContainerServiceResponse, ActionResult)
    _describe_service_deployments(EC2ContainerServiceResponse, ActionResult)
    _describe_service_revisions(EC2ContainerServiceResponse, ActionResult)


def template(service: Any) -> list[Any]:
    """Return what the tasks of a service are made from."""
    return [getattr(service, name, None) for name in TEMPLATE]


def begin(service: Any) -> dict[str, Any]:
    """Make the service's present template its primary deployment."""
    for earlier in service.deployments:
        earlier["status"] = "ACTIVE"
        if earlier["rolloutState"] == "IN_PROGRESS":
            finish(earlier, "FAILED", "superseded by a newer deployment")
    identifier = f"ecs-svc/{secrets.randbelow(10**19):019d}"
    deployment = {
        "id": identifier,
        "status": "PRIMARY",
        "taskDefinition": service.task_definition,
        "desiredCount": service.desired_count,
        "runningCount": 0,
        "pendingCount": 0,
        "failedTasks": 0,
        "createdAt": utcnow(),
        "updatedAt": utcnow(),
        "launchType": service.launch_type,
        "capacityProviderStrategy": service.capacity_provider_strategy,
        "platformVersion": "1.4.0" if service.platform_version == "LATEST" else service.platform_version,
        "platformFamily": "Linux",
        "networkConfiguration": service.network_configuration,
        "rolloutState": "IN_PROGRESS",
        "rolloutStateReason": f"ECS deployment {identifier} in progress.",
    }
    fresh = not hasattr(service, "history")
    service.deployments = [deployment] if fresh else [deployment, *service.deployments]
    service.history = [deployment] if fresh else [deployment, *service.history]
    return deployment


def finish(deployment: dict[str, Any], rollout_state: str, reason: str) -> None:
    """Note how a deployment ended."""
    deployment.update(
        rolloutState=rollout_state,
        rolloutStateReason=f"ECS deployment {deployment['id']} {reason}.",
        updatedAt=utcnow(),
        finishedAt=utcnow(),
    )


def _service_deployment(service: Any, deployment: dict[str, Any]) -> dict[str, Any]:
    number = deployment["id"].split("/")[-1]
    revision = {
        "arn": service.arn.replace(":service/", ":service-revision/") + f"/{number}",
        "requestedTaskCount": deployment["desiredCount"],
        "runningTaskCount": deployment["runningCount"],
        "pendingTaskCount": deployment["pendingCount"],
    }
    return {
        "serviceDeploymentArn": service.arn.replace(":service/", ":service-deployment/") + f"/{number}",
        "serviceArn": service.arn,
        "clusterArn": service.cluster_arn,
        "createdAt": deployment["createdAt"],
        "startedAt": deployment["createdAt"],
        "finishedAt": deployment.get("finishedAt"),
        "updatedAt": deployment["updatedAt"],
        "status": STATUS[deployment["rolloutState"]],
        "statusReason": deployment["rolloutStateReason"],
        "targetServiceRevision": revision,
        "targetServiceRevisionArn": revision["arn"],
        "deploymentConfiguration": service.deployment_configuration,
    }


def _all(backend: Any) -> list[tuple[Any, dict[str, Any], dict[str, Any]]]:
    return [
        (service, deployment, _service_deployment(service, deployment))
        for service in backend.services.values()
        for deployment in service.history
    ]


def _list_service_deployments(response_class: Any, answer_class: Any) -> None:
    """AWS: the deployments of a service, newest first. moto: HTTP 500."""

    def list_service_deployments(response: Any) -> Any:
        name = response._get_param("service").split("/")[-1]
        service = response.ecs_backend._get_service(response._get_param("cluster", "default"), name)
        wanted = response._get_param("status") or list(STATUS.values())
        described = [_service_deployment(service, deployment) for deployment in service.history]
        return answer_class({"serviceDeployments": [item for item in described if item["status"] in wanted]})

    response_class.list_service_deployments = list_service_deployments


def _describe_service_deployments(response_class: Any, answer_class: Any) -> None:
    """AWS: service deployments by ARN, unknown ones as failures. moto: HTTP 500."""

    def describe_service_deployments(response: Any) -> Any:
        known = {item["serviceDeploymentArn"]: item for _, _, item in _all(response.ecs_backend)}
        return _by_arn(answer_class, "serviceDeployments", known, response._get_param("serviceDeploymentArns"))

    response_class.describe_service_deployments = describe_service_deployments


def _describe_service_revisions(response_class: Any, answer_class: Any) -> None:
    """AWS: what each deployment of a service was made from. moto: HTTP 500."""

    def describe_service_revisions(response: Any) -> Any:
        known = {
            item["targetServiceRevisionArn"]: {
                **{
                    key: deployment[key]
                    for key in ("taskDefinition", "launchType", "networkConfiguration", "createdAt")
                },
                "serviceRevisionArn": item["targetServiceRevisionArn"],
                "serviceArn": service.arn,
                "clusterArn": service.cluster_arn,
                "loadBalancers": service.load_balancers,
            }
            for service, deployment, item in _all(response.ecs_backend)
        }
        return _by_arn(answer_class, "serviceRevisions", known, response._get_param("serviceRevisionArns"))

    response_class.describe_service_revisions = describe_service_revisions


def _by_arn(answer_class: Any, key: str, known: dict[str, dict[str, Any]], arns: list[str]) -> Any:
    missing = [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in known]
    return answer_class({key: [known[arn] for arn in arns if arn in known], "failures": missing})
