# SPDX-License-Identifier: GPL-3.0-or-later
"""The operations about service deployments and service revisions, all of which moto lacks."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.ecs.responses import EC2ContainerServiceResponse

from emulator.control_plane.fidelity import ecs_deployment, ecs_shifting
from emulator.control_plane.fidelity.ecs_rollout import ServiceDeployment
from emulator.control_plane.fidelity.error import AwsError
from emulator.scheduler.circuit_breaker import threshold_of

Facts = dict[str, Any]


def apply() -> None:
    """Install the operations."""
    _list_service_deployments(EC2ContainerServiceResponse, ActionResult)
    _describe_service_deployments(EC2ContainerServiceResponse, ActionResult)
    _describe_service_revisions(EC2ContainerServiceResponse, ActionResult)
    _stop_service_deployment(EC2ContainerServiceResponse, ActionResult)


def _list_service_deployments(response_class: Any, answer_class: Any) -> None:
    """AWS: the deployments of a service, newest first. moto: HTTP 500."""

    def list_service_deployments(response: Any) -> Any:
        name = response._get_param("service").split("/")[-1]
        service = response.ecs_backend._get_service(response._get_param("cluster", "default"), name)
        wanted = response._get_param("status")
        found = [one for one in service.history if not wanted or one.status in wanted]
        return answer_class({"serviceDeployments": [_brief(one) for one in found]})

    response_class.list_service_deployments = list_service_deployments


def _describe_service_deployments(response_class: Any, answer_class: Any) -> None:
    """AWS: service deployments by ARN, unknown ones as failures. moto: HTTP 500."""

    def describe_service_deployments(response: Any) -> Any:
        known = {one.arn: _described(one) for one in _all(response.ecs_backend)}
        return _by_arn(answer_class, "serviceDeployments", known, response._get_param("serviceDeploymentArns"))

    response_class.describe_service_deployments = describe_service_deployments


def _describe_service_revisions(response_class: Any, answer_class: Any) -> None:
    """AWS: what each deployment of a service was made from. moto: HTTP 500."""

    def describe_service_revisions(response: Any) -> Any:
        known = {one.revision_arn(one.target): _revision(one) for one in _all(response.ecs_backend)}
        return _by_arn(answer_class, "serviceRevisions", known, response._get_param("serviceRevisionArns"))

    response_class.describe_service_revisions = describe_service_revisions


def _stop_service_deployment(response_class: Any, answer_class: Any) -> None:
    """AWS: rolls a deployment that is under way back, whatever its circuit breaker says. moto: HTTP 500.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/stop-service-deployment.html
    """

    def stop_service_deployment(response: Any) -> Any:
        arn = response._get_param("serviceDeploymentArn")
        found = next((one for one in _all(response.ecs_backend) if one.arn == arn), None)
        if found is None:
            raise AwsError("ServiceDeploymentNotFoundException", "The service deployment was not found.")
        if response._get_param("stopType", "ROLLBACK") != "ROLLBACK":
            raise AwsError("InvalidParameterException", "The stop type is not supported.")
        if not found.under_way:
            raise AwsError("ConflictException", f"The service deployment is in {found.status} state.")
        if found.rollback is None:
            _roll_back(found)
        return answer_class({"serviceDeploymentArn": arn})

    response_class.stop_service_deployment = stop_service_deployment


def _roll_back(found: ServiceDeployment) -> None:
    found.request_rollback("Service deployment rolled back because a rollback was requested.")
    ecs_deployment.finish(found.target, "FAILED", f"ECS deployment {found.target['id']} stopped.")
    ecs_deployment.roll_back(found.service, "ECS deployment stopped")


def _all(backend: Any) -> list[ServiceDeployment]:
    return [one for service in backend.services.values() for one in service.history]


def _brief(one: ServiceDeployment) -> Facts:
    return {
        "serviceDeploymentArn": one.arn,
        "serviceArn": one.service.arn,
        "clusterArn": one.service.cluster_arn,
        "createdAt": one.created_at,
        "startedAt": one.created_at,
        "status": one.status,
        "statusReason": one.reason,
        "targetServiceRevisionArn": one.revision_arn(one.target),
        **{name: value for name, value in one.ended.items() if name == "finishedAt"},
    }


def _described(one: ServiceDeployment) -> Facts:
    return {
        **_brief(one),
        **one.ended,
        "updatedAt": one.updated_at,
        "sourceServiceRevisions": [_counts(one, source) for source in one.sources],
        "targetServiceRevision": _counts(one, one.target),
        "deploymentConfiguration": one.configuration,
        "rollback": one.rollback_details or None,
        "deploymentCircuitBreaker": _breaker(one),
        "alarms": _alarms(one),
        **ecs_shifting.stage(one),
    }


def _counts(one: ServiceDeployment, deployment: Facts) -> Facts:
    return {
        "arn": one.revision_arn(deployment),
        "requestedTaskCount": deployment["desiredCount"],
        "runningTaskCount": deployment["runningCount"],
        "pendingTaskCount": deployment["pendingCount"],
        **ecs_shifting.weights(one, deployment),
    }


def _breaker(one: ServiceDeployment) -> Facts:
    enabled = one.configuration["deploymentCircuitBreaker"]["enable"]
    watching = "MONITORING" if one.status == "IN_PROGRESS" else "MONITORING_COMPLETE"
    return {
        "status": "DISABLED" if not enabled else "TRIGGERED" if one.breaker_triggered else watching,
        "failureCount": one.target["failedTasks"],
        "threshold": threshold_of(one.service.desired_count),
    }


def _alarms(one: ServiceDeployment) -> Facts:
    asked = one.configuration.get("alarms") or {}
    watching = "MONITORING" if one.status == "IN_PROGRESS" else "MONITORING_COMPLETE"
    return {
        "status": "DISABLED" if not asked.get("enable") else "TRIGGERED" if one.alarms.triggered else watching,
        "alarmNames": asked.get("alarmNames") or [],
        "triggeredAlarmNames": list(one.alarms.triggered),
    }


def _revision(one: ServiceDeployment) -> Facts:
    kept = ("taskDefinition", "launchType", "capacityProviderStrategy", "networkConfiguration", "createdAt")
    return {
        **{name: one.target[name] for name in (*kept, "platformVersion", "platformFamily")},
        "serviceRevisionArn": one.revision_arn(one.target),
        "serviceArn": one.service.arn,
        "clusterArn": one.service.cluster_arn,
        "loadBalancers": one.target["template"]["load_balancers"],
        "containerImages": one.target["images"],
        "resolvedConfiguration": {"loadBalancers": ecs_shifting.resolved(one.target)},
    }


def _by_arn(answer_class: Any, key: str, known: dict[str, Facts], arns: list[str]) -> Any:
    missing = [{"arn": arn, "reason": "MISSING"} for arn in arns if arn not in known]
    return answer_class({key: [known[arn] for arn in arns if arn in known], "failures": missing})
