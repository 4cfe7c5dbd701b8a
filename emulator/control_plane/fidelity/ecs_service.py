# SPDX-License-Identifier: GPL-3.0-or-later
"""ECS services as AWS answers them."""

from __future__ import annotations

import copy
from typing import Any

from moto.core.responses import ActionResult
from moto.core.utils import camelcase_to_underscores, utcnow
from moto.ecs import models
from moto.ecs.responses import EC2ContainerServiceResponse

from emulator.control_plane.fidelity import ecs_deployment, ecs_service_checks, ecs_strategy_checks

# What CreateService and UpdateService take, what moto drops, and what AWS answers when it is not given.
KEPT: dict[str, Any] = {
    "availabilityZoneRebalancing": "ENABLED",
    "capacityProviderStrategy": None,
    "enableECSManagedTags": False,
    "enableExecuteCommand": False,
    "healthCheckGracePeriodSeconds": 0,
    "placementConstraints": [],
    "placementStrategy": [],
    # Not asked for: AWS says it of every service on Fargate, and the embedded one runs no Windows.
    "platformFamily": "Linux",
    "platformVersion": "LATEST",
    "serviceConnectConfiguration": None,
    "volumeConfigurations": None,
    "vpcLatticeConfigurations": None,
}
DEPLOYMENT_CONFIGURATION = {
    "bakeTimeInMinutes": 0,
    "deploymentCircuitBreaker": {"enable": False, "rollback": False},
    "maximumPercent": 200,
    "minimumHealthyPercent": 100,
    "strategy": "ROLLING",
}


def apply() -> None:
    """Install the patches."""
    _create_checked(EC2ContainerServiceResponse)
    _update_what_was_asked(EC2ContainerServiceResponse, ActionResult)
    _delete_in_steps(models.EC2ContainerServiceBackend)
    _list_living_services(models.EC2ContainerServiceBackend)


def _create_checked(response_class: Any) -> None:
    """AWS: refuses what cannot work and keeps every parameter. moto: accepts anything, keeps some."""
    original = response_class.create_service

    def create_service(response: Any) -> Any:
        backend = response.ecs_backend
        parameters = response._get_params()
        ecs_service_checks.check_creation(backend, parameters)
        ecs_strategy_checks.check(backend, parameters.get("deploymentConfiguration"), parameters.get("loadBalancers"))
        cluster = backend._get_cluster(parameters.get("cluster", "default"))
        answer = original(response)
        service = answer.result["service"]
        for name, default in KEPT.items():
            _keep(service, name, parameters.get(name, copy.deepcopy(default)))
        service.deployment_configuration = {**DEPLOYMENT_CONFIGURATION, **parameters.get("deploymentConfiguration", {})}
        service.created_at = utcnow()
        service.running_count = service.pending_count = 0
        _choose_capacity(service, cluster, parameters)
        ecs_deployment.begin(service)
        return answer

    response_class.create_service = create_service


def _keep(service: Any, name: str, value: Any) -> None:
    setattr(service, camelcase_to_underscores(name), value)


def _choose_capacity(service: Any, cluster: Any, parameters: dict[str, Any]) -> None:
    """AWS: a strategy, the given one or the cluster's, takes the place of a launch type. moto: says EC2."""
    if not parameters.get("launchType"):
        strategy = parameters.get("capacityProviderStrategy") or cluster.default_capacity_provider_strategy or None
        service.capacity_provider_strategy = strategy
        service.launch_type = None if strategy else "EC2"


def _update_what_was_asked(response_class: Any, answer_class: Any) -> None:
    """AWS: counts stay true, the task definition becomes an ARN, and what concerns tasks begins a new deployment.

    moto: says that all desired tasks run, keeps the task definition as it was typed, leaves deployments alone.
    """

    def update_service(response: Any) -> Any:
        backend, parameters = response.ecs_backend, response._get_params()
        service = ecs_service_checks.active_service(backend, parameters)
        definition = parameters.get("taskDefinition")
        before = ecs_deployment.template(service)
        configuration = _configuration(backend, service, parameters)
        if definition:
            service.task_definition = backend.describe_task_definition(definition).arn
        if parameters.get("desiredCount") is not None:
            service.desired_count = parameters["desiredCount"]
        for name in (*KEPT, "loadBalancers", "networkConfiguration", "propagateTags", "serviceRegistries"):
            if parameters.get(name) is not None:
                _keep(service, name, parameters[name])
        service.deployment_configuration = configuration
        if parameters.get("capacityProviderStrategy"):
            service.launch_type = None
        if parameters.get("forceNewDeployment") or ecs_deployment.template(service) != before:
            ecs_deployment.begin(service)
        return answer_class({"service": service})

    response_class.update_service = update_service


def _configuration(backend: Any, service: Any, parameters: dict[str, Any]) -> dict[str, Any]:
    """Return what the configuration of deployments is to be; what belongs to another strategy goes."""
    wanted = {**service.deployment_configuration, **(parameters.get("deploymentConfiguration") or {})}
    if "strategy" in (parameters.get("deploymentConfiguration") or {}):
        others = set(ecs_strategy_checks.SETTINGS.values()) - set(parameters["deploymentConfiguration"])
        wanted = {name: value for name, value in wanted.items() if name not in others}
    balancers = parameters.get("loadBalancers")
    ecs_strategy_checks.check(backend, wanted, service.load_balancers if balancers is None else balancers)
    return wanted


def _delete_in_steps(backend_class: Any) -> None:
    """AWS: a deleted service is DRAINING until its tasks have stopped, then INACTIVE. moto: INACTIVE at once."""
    original = backend_class.delete_service

    def delete_service(backend: Any, cluster_name: str, service_name: str, force: bool) -> Any:
        running, pending = _counts(backend, cluster_name, service_name)
        service = original(backend, cluster_name, service_name, force)
        service.status = "DRAINING"
        service.desired_count = 0
        service.running_count, service.pending_count = running, pending
        return service

    backend_class.delete_service = delete_service


def _counts(backend: Any, cluster_name: str, service_name: str) -> tuple[int, int]:
    service = backend._get_service(cluster_name, service_name)
    return service.running_count, service.pending_count


def _list_living_services(backend_class: Any) -> None:
    """AWS: ListServices leaves inactive services out. moto: lists them for ever, and those of `<name>:*` clusters."""
    original = backend_class.list_services

    def list_services(backend: Any, cluster_str: str, *arguments: Any, **options: Any) -> list[str]:
        cluster = backend._get_cluster(cluster_str).name
        living = {
            service.arn
            for service in backend.services.values()
            if service.cluster_name == cluster and service.status != "INACTIVE"
        }
        return [arn for arn in original(backend, cluster_str, *arguments, **options) if arn in living]

    backend_class.list_services = list_services
