# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments of ECS services as DescribeServices shows them.

moto makes one deployment when a service is created and never another. Here a service keeps `deployments`, which have
tasks or shall have some, and `history`: every service deployment it ever had, newest first.
"""

from __future__ import annotations

import secrets
from typing import Any

from moto.core.utils import utcnow

from emulator.control_plane.fidelity import ecs_alarms, ecs_shifting
from emulator.control_plane.fidelity.ecs_rollout import ServiceDeployment

# What makes new tasks necessary: UpdateService begins a deployment when one of these becomes different.
TEMPLATE = (
    "task_definition",
    "launch_type",
    "network_configuration",
    "platform_version",
    "capacity_provider_strategy",
    "load_balancers",
    "service_registries",
    "service_connect_configuration",
    "volume_configurations",
    "vpc_lattice_configurations",
)


def template(service: Any) -> dict[str, Any]:
    """Return what the tasks of a service are made from."""
    return {name: getattr(service, name, None) for name in TEMPLATE}


def begin(service: Any) -> dict[str, Any]:
    """Roll the service's present template out; what was being rolled out until now stops."""
    if not hasattr(service, "history"):
        service.deployments, service.history = [], []
    source = ecs_shifting.serving(service)
    if service.history and service.history[0].under_way:
        service.history[0].supersede()
    sources = tuple(service.deployments)
    deployment = _become_primary(service, _identifier())
    begun = ServiceDeployment(service, deployment, sources)
    ecs_shifting.prepare(begun, source)
    begun.alarms.ignored = ecs_alarms.firing(ecs_alarms.asked(begun.configuration).get("alarmNames") or [])
    service.history.insert(0, begun)
    return deployment


def roll_back(service: Any, reason: str) -> dict[str, Any] | None:
    """Roll back to what last was rolled out completely; return that deployment, nothing if there is none.

    AWS does it within the same service deployment, by new tasks.
    """
    current = service.history[0]
    if current.shift is not None:
        return ecs_shifting.roll_back(current, reason)
    candidate = next((one.settled for one in service.history if one.settled is not None), None)
    if candidate is None:
        current.lack_candidate()
        return None
    for name, value in candidate["template"].items():
        setattr(service, name, value)
    deployment = _become_primary(service, _identifier(), candidate["revision"])
    deployment["rolloutStateReason"] = f"{reason}: rolling back to deploymentId {deployment['id']}."
    current.roll_back(deployment)
    return deployment


def _identifier() -> str:
    return f"{secrets.randbelow(10**19):019d}"


def _become_primary(service: Any, number: str, revision: str = "") -> dict[str, Any]:
    """Make a deployment of the service's present template, with a revision of its own unless it has one already."""
    for earlier in service.deployments:
        earlier["status"] = "ACTIVE"
    identifier, made_from = f"ecs-svc/{number}", template(service)
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
        # None of these is shown.
        "revision": revision or number,
        "template": made_from,
        "target_groups": tuple(one["targetGroupArn"] for one in ecs_shifting.balancers(made_from)),
        "images": _images(service),
    }
    service.deployments = [deployment, *service.deployments]
    return deployment


def _images(service: Any) -> list[dict[str, str]]:
    if not service.task_definition:
        return []
    definition = service._backend.describe_task_definition(service.task_definition)
    return [{"containerName": one["name"], "image": one["image"]} for one in definition.container_definitions]


def complete(service: Any) -> None:
    """Note that the primary deployment has reached a steady state."""
    deployment = service.deployments[0]
    finish(deployment, "COMPLETED", f"ECS deployment {deployment['id']} completed.")
    service.history[0].complete()


def finish(deployment: dict[str, Any], rollout_state: str, reason: str) -> None:
    """Note how a deployment ended."""
    deployment.update(rolloutState=rollout_state, rolloutStateReason=reason, updatedAt=utcnow())
