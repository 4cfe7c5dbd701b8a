# SPDX-License-Identifier: GPL-3.0-or-later
"""One service: its wish, its plan, and what DescribeServices shows."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from moto.core.utils import utcnow

from emulator.control_plane.fidelity import ecs_deployment, ecs_rollout
from emulator.scheduler import births, circuit_breaker, deployment_alarms, probe, shifting, targets
from emulator.scheduler.phase import STARTING, Phase
from emulator.scheduler.plan import Decision, Member, Wish
from emulator.scheduler.task import RunningTask

EVENTS_KEPT = 100
BREAKER = "ECS deployment circuit breaker"


def wish_of(service: Any, deployment: dict[str, Any], *, may_start: bool) -> Wish:
    """Return what a deployment of a service shall be."""
    network = deployment["networkConfiguration"].get("awsvpcConfiguration", {})
    zones = {subnet: births.zone_of(subnet) for subnet in network.get("subnets", [])}
    configuration = service.deployment_configuration
    return Wish(
        deployment=deployment["id"],
        desired=shifting.wanted(service, deployment),
        minimum_percent=configuration["minimumHealthyPercent"],
        maximum_percent=configuration["maximumPercent"],
        subnets={subnet: zone for subnet, zone in zones.items() if zone},
        # A deployment that failed launches no task. Nothing here is an EC2 container instance.
        may_start=may_start and deployment["launchType"] != "EC2" and deployment["rolloutState"] != "FAILED",
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
            running=task.serves,
            unhealthy=(task.fails_its_check or targets.fails_checks(task, now)) and now - task.born > grace,
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


def blame(task: RunningTask) -> None:
    """Count a task that did not start or failed its health checks against its deployment."""
    if task.failure:
        event(task.service, f"was unable to place a task. Reason: {task.failure.rstrip('.')}.")
    for deployment in task.service.deployments:
        if deployment["id"] == task.deployment and deployment["rolloutState"] == "IN_PROGRESS":
            deployment["failedTasks"] += 1


def forgive(task: RunningTask) -> None:
    """Begin the count anew: one healthy task shows that the deployment can work."""
    for deployment in task.service.deployments if task.service else []:
        if deployment["id"] == task.deployment:
            deployment["failedTasks"] = 0


def tell_unhealthy(task: RunningTask) -> str:
    """Say in an event what the container or the load balancer found, and return why the task is stopped."""
    if task.fails_its_check:
        event(task.service, f"(task {task.id}) failed container health checks.")
        return "Task failed container health checks"
    _, words = task.health_answer or probe.NONE
    group = task.target_groups[0] if task.target_groups else ""
    event(task.service, f"(port {task.port}) is unhealthy in (target-group {group}) due to (reason {words}).")
    return f"Task failed ELB health checks in (target-group {group})"


def tell_obstacles(service: Any, wish: Wish, decision: Decision) -> None:
    """Say in an event why nothing happens."""
    if decision.blocked:
        event(service, "was unable to stop or start tasks during a deployment because of its percentages.")
    elif wish.desired and service.launch_type == "EC2":
        event(service, "was unable to place a task because no container instance met all of its requirements.")
    elif wish.desired and not wish.subnets:
        event(service, "was unable to place a task because its subnets do not exist.")


def count(service: Any, tasks: Sequence[RunningTask], now: float, minute: float) -> None:
    """Show the true counts, end the rollout when it is over, and a deleted service when nothing is left of it."""
    for deployment in service.deployments:
        mine = [task for task in tasks if task.deployment == deployment["id"]]
        deployment["runningCount"] = sum(task.life.phase is Phase.RUNNING for task in mine)
        deployment["pendingCount"] = sum(task.life.phase in STARTING for task in mine)
        deployment["desiredCount"] = shifting.wanted(service, deployment)
    service.running_count = sum(deployment["runningCount"] for deployment in service.deployments)
    service.pending_count = sum(deployment["pendingCount"] for deployment in service.deployments)
    alive = {task.deployment for task in tasks if task.life.phase is not Phase.STOPPED}
    primary = service.deployments[0]
    kept = [primary, *_under_way(service)]
    service.deployments = [
        item for item in service.deployments if item["id"] in alive or any(item is one for one in kept)
    ]
    if service.status == "DRAINING" and not alive:
        service.status = "INACTIVE"
    if service.history[0].shift is None:
        serving = sum(task.serves for task in tasks if task.deployment == primary["id"])
        _settle(service, primary, serving, now, minute)
        _break(service, primary)


def split(service: Any, members: Sequence[Member]) -> list[tuple[dict[str, Any], list[Member]]]:
    """Return each deployment that is planned for by itself, with the tasks that are counted for it.

    A rolling one replaces the tasks of the others; the others leave the tasks of each other alone.
    """
    if service.history[0].shift is None:
        return [(service.deployments[0], list(members))]
    return [
        (deployment, [one for one in members if one.deployment == deployment["id"]])
        for deployment in service.deployments
    ]


def _under_way(service: Any) -> list[dict[str, Any]]:
    """Return the deployments that are needed although they may have no tasks for a moment."""
    current = service.history[0]
    return [one for one in (current.source, current.target) if one] if current.shift and current.under_way else []


def _settle(service: Any, primary: dict[str, Any], serving: int, now: float, minute: float) -> None:
    steady = (
        service.status == "ACTIVE"
        and len(service.deployments) == 1
        and primary["runningCount"] == serving == primary["desiredCount"]
        and not primary["pendingCount"]
    )
    if steady and primary["rolloutState"] == "IN_PROGRESS" and _baked(service.history[0], now, minute):
        ecs_deployment.complete(service)
        event(service, f"(deployment {primary['id']}) deployment completed.")
    if steady and not getattr(service, "steady", False):
        event(service, "has reached a steady state.")
    service.steady = steady


def _baked(current: Any, now: float, minute: float) -> bool:
    """Tell whether the alarms of a deployment whose tasks all run have had time to fire; a rollback heeds none."""
    if current.baked_at is None:
        minutes = 0 if current.rollback else deployment_alarms.bake_minutes(current.configuration)
        current.baked_at = now + minutes * minute
    return bool(now >= current.baked_at)


def _break(service: Any, primary: dict[str, Any]) -> None:
    """Fail a deployment whose tasks do not start or stay healthy, and roll it back if the service wants that."""
    breaker = service.deployment_configuration["deploymentCircuitBreaker"]
    if service.status != "ACTIVE" or not circuit_breaker.trips(primary, service.desired_count, breaker):
        return
    current = service.history[0]
    current.breaker_triggered = True
    ecs_deployment.finish(primary, "FAILED", f"{BREAKER}: tasks failed to start.")
    event(service, f"(deployment {primary['id']}) deployment failed: tasks failed to start.")
    if not breaker["rollback"] or current.rollback is not None:
        current.fail(f"{BREAKER}: tasks failed to start.")
        return
    current.request_rollback(ecs_rollout.BREAKER)
    rollback = ecs_deployment.roll_back(service, BREAKER)
    if rollback is not None:
        event(service, f"rolling back to deployment {rollback['id']}.")


def count_clusters(backend: Any) -> None:
    """Show the true counts of clusters."""
    for cluster in backend.clusters.values():
        states = [task.last_status for task in backend.tasks.get(cluster.name, {}).values()]
        cluster.running_tasks_count = states.count("RUNNING")
        cluster.pending_tasks_count = sum(state in ("PROVISIONING", "PENDING", "ACTIVATING") for state in states)
        owned = [service for service in backend.services.values() if service.cluster_name == cluster.name]
        cluster.active_services_count = sum(service.status == "ACTIVE" for service in owned)
