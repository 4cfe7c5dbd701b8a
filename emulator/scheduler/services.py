# SPDX-License-Identifier: GPL-3.0-or-later
"""One service: its wish, its plan, and what DescribeServices shows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from moto.core.utils import utcnow

from emulator.control_plane.fidelity import ecs_deployment
from emulator.scheduler import births
from emulator.scheduler.phase import STARTING, Phase
from emulator.scheduler.plan import Decision, Member, Wish
from emulator.scheduler.task import RunningTask

EVENTS_KEPT = 100


def wish_of(service: Any, *, may_start: bool) -> Wish:
    """Return what a service shall be."""
    network = service.network_configuration.get("awsvpcConfiguration", {})
    zones = {subnet: births.zone_of(subnet) for subnet in network.get("subnets", [])}
    configuration = service.deployment_configuration
    return Wish(
        deployment=service.deployments[0]["id"],
        desired=service.desired_count if service.status == "ACTIVE" else 0,
        minimum_percent=configuration["minimumHealthyPercent"],
        maximum_percent=configuration["maximumPercent"],
        subnets={subnet: zone for subnet, zone in zones.items() if zone},
        # Nothing here is an EC2 container instance.
        may_start=may_start and service.launch_type != "EC2",
    )


def members_of(service: Any, tasks: Sequence[RunningTask], now: float) -> list[Member]:
    """Return the tasks of a service that are meant to run."""
    grace = service.health_check_grace_period_seconds or 0
    return [
        Member(
            task_id=task.id,
            deployment=task.deployment,
            subnet=task.subnet,
            age=task.age,
            running=task.life.phase is Phase.RUNNING,
            unhealthy=task.sight.health == "unhealthy" and now - task.born > grace,
        )
        for task in tasks
        if task.wanted
    ]


def event(service: Any, message: str) -> None:
    """Add an event, newest first; the same one twice in a row is shown once, as AWS does."""
    text = f"(service {service.name}) {message}"
    if not service.events or service.events[0]["message"] != text:
        service.events.insert(0, {"id": str(uuid.uuid4()), "createdAt": utcnow(), "message": text})
        del service.events[EVENTS_KEPT:]


def tell_obstacles(service: Any, wish: Wish, decision: Decision) -> None:
    """Say in an event why nothing happens."""
    if decision.blocked:
        event(service, "was unable to stop or start tasks during a deployment because of its percentages.")
    elif wish.desired and service.launch_type == "EC2":
        event(service, "was unable to place a task because no container instance met all of its requirements.")
    elif wish.desired and not wish.subnets:
        event(service, "was unable to place a task because its subnets do not exist.")


def count(service: Any, tasks: Sequence[RunningTask]) -> None:
    """Show the true counts, end the rollout when it is over, and a deleted service when nothing is left of it."""
    for deployment in service.deployments:
        mine = [task for task in tasks if task.deployment == deployment["id"]]
        deployment["runningCount"] = sum(task.life.phase is Phase.RUNNING for task in mine)
        deployment["pendingCount"] = sum(task.life.phase in STARTING for task in mine)
        deployment["desiredCount"] = service.desired_count if deployment["status"] == "PRIMARY" else 0
    service.running_count = sum(deployment["runningCount"] for deployment in service.deployments)
    service.pending_count = sum(deployment["pendingCount"] for deployment in service.deployments)
    alive = {task.deployment for task in tasks if task.life.phase is not Phase.STOPPED}
    primary = service.deployments[0]
    service.deployments = [item for item in service.deployments if item is primary or item["id"] in alive]
    if service.status == "DRAINING" and not alive:
        service.status = "INACTIVE"
    _settle(service, primary)


def _settle(service: Any, primary: dict[str, Any]) -> None:
    steady = (
        service.status == "ACTIVE"
        and len(service.deployments) == 1
        and primary["runningCount"] == primary["desiredCount"]
        and not primary["pendingCount"]
    )
    if steady and primary["rolloutState"] == "IN_PROGRESS":
        ecs_deployment.finish(primary, "COMPLETED", "completed")
        event(service, f"(deployment {primary['id']}) deployment completed.")
    if steady and not getattr(service, "steady", False):
        event(service, "has reached a steady state.")
    service.steady = steady
