# SPDX-License-Identifier: GPL-3.0-or-later
"""What ECS refuses about services."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NoReturn

from moto.elbv2.models import elbv2_backends

from emulator.control_plane.fidelity.error import AwsError


def active_service(backend: Any, parameters: dict[str, Any]) -> Any:
    """Return the service of an UpdateService call; AWS refuses to update one that is being deleted."""
    service = backend._get_service(parameters.get("cluster", "default"), parameters["service"].split("/")[-1])
    if service.status != "ACTIVE":
        raise AwsError("ServiceNotActiveException", "Service was not ACTIVE.")
    return service


def check_creation(backend: Any, parameters: dict[str, Any]) -> None:
    """Refuse a CreateService call that AWS refuses and moto accepts."""
    cluster = backend._get_cluster(parameters.get("cluster", "default"))
    if cluster.status != "ACTIVE":
        _refuse("ClusterNotFoundException", "Cluster not found.")
    known = backend.services.get(f"{cluster.name}:{parameters['serviceName']}")
    if known is not None and known.status == "ACTIVE":
        _refuse("InvalidParameterException", "Creation of service was not idempotent.")
    if known is not None and known.status == "DRAINING":
        _refuse("InvalidParameterException", "Unable to Start a service that is still Draining.")
    if parameters.get("taskDefinition"):
        definition = backend.describe_task_definition(parameters["taskDefinition"])
        _check_network(definition, parameters)
        for balancer in parameters.get("loadBalancers") or []:
            _check_balancer(backend, definition, balancer)


def _check_network(definition: Any, parameters: dict[str, Any]) -> None:
    if definition.network_mode != "awsvpc":
        return
    network = (parameters.get("networkConfiguration") or {}).get("awsvpcConfiguration")
    if not network:
        message = "Network Configuration must be provided when networkMode 'awsvpc' is specified."
        _refuse("InvalidParameterException", message)
    network.setdefault("securityGroups", [])


def _check_balancer(backend: Any, definition: Any, balancer: dict[str, Any]) -> None:
    container = next(
        (item for item in definition.container_definitions if item["name"] == balancer.get("containerName")), None
    )
    if container is None:
        message = f"The container {balancer.get('containerName')} does not exist in the task definition."
        _refuse("InvalidParameterException", message)
    ports = [mapping.get("containerPort") for mapping in container["portMappings"]]
    if balancer.get("containerPort") not in ports:
        message = (
            f"The container {container['name']} did not have a container port {balancer.get('containerPort')} defined."
        )
        _refuse("InvalidParameterException", message)
    if balancer.get("targetGroupArn"):
        _check_target_group(backend, definition, balancer["targetGroupArn"])


def _check_target_group(backend: Any, definition: Any, arn: str) -> None:
    balancing = elbv2_backends[backend.account_id][backend.region_name]
    group = balancing.target_groups.get(arn)
    if group is None:
        message = (
            "Unable to assume role and validate the specified targetGroupArn. "
            "Please verify that the ECS service role being passed has the proper permissions."
        )
        _refuse("InvalidParameterException", message)
    if definition.network_mode == "awsvpc" and group.target_type != "ip":
        message = (
            f"The provided target group {arn} has target type {group.target_type}, "
            "which is incompatible with the awsvpc network mode specified in the task definition."
        )
        _refuse("InvalidParameterException", message)
    if arn not in set(forwarded(balancing)):
        message = f"The target group with targetGroupArn {arn} does not have an associated load balancer."
        _refuse("InvalidParameterException", message)


def forwarded(balancing: Any) -> Iterator[str]:
    """Yield every target group that a listener or a rule forwards to."""
    for balancer in balancing.load_balancers.values():
        for listener in balancer.listeners.values():
            for actions in (listener.default_actions, *(rule.actions for rule in listener.rules.values())):
                for action in actions:
                    yield from _groups(action.data)


def _groups(action: dict[str, Any]) -> Iterator[str]:
    if "TargetGroupArn" in action:
        yield action["TargetGroupArn"]
    for group in (action.get("ForwardConfig") or {}).get("TargetGroups") or []:
        yield group["TargetGroupArn"]


def _refuse(code: str, message: str) -> NoReturn:
    raise AwsError(code, message)
