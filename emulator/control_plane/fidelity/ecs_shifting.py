# SPDX-License-Identifier: GPL-3.0-or-later
"""Deployments that do not replace tasks within a target group: blue/green, canary and linear ones.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-type-blue-green.html
"""

from __future__ import annotations

from typing import Any

from moto.core.utils import utcnow

from emulator.control_plane.fidelity.ecs_rollout import ServiceDeployment
from emulator.scheduler import shift as shifts

Facts = dict[str, Any]


def is_shifting(service: Any) -> bool:
    """Tell whether the strategy of a service is another than ROLLING."""
    return bool(service.deployment_configuration.get("strategy", "ROLLING") != "ROLLING")


def serving(service: Any) -> Facts | None:
    """Return the deployment that production requests shall go to, if the one under way is stopped now."""
    history: list[ServiceDeployment] = service.history
    if not history:
        return None
    current = history[0]
    if not current.under_way:
        return current.settled or next(iter(service.deployments), None)
    if current.shift is None:
        return next((one.settled for one in history if one.settled), current.target)
    over = current.shift.stage == shifts.CLEAN_UP and not current.shift.backwards
    return current.target if over or current.source is None else current.source


def prepare(begun: ServiceDeployment, source: Facts | None) -> None:
    """Choose the target group that a new deployment gets: the one that the requests do not go to."""
    service = begun.service
    if not is_shifting(service):
        return
    begun.source = source if any(one is source for one in service.deployments) else None
    taken = begun.source["target_groups"] if begun.source else ()
    begun.target["target_groups"] = tuple(_free(one, taken) for one in balancers(begun.target["template"]))
    abandoned = [one for one in begun.sources if one is not begun.source]
    begun.shift = shifts.Shift(stage=shifts.RECONCILE if abandoned else shifts.PREPARE)


def balancers(template: Facts) -> list[Facts]:
    """Return the load balancers of what tasks are made from."""
    return [one for one in template["load_balancers"] or [] if one.get("targetGroupArn")]


def _free(balancer: Facts, taken: tuple[str, ...]) -> str:
    alternate = (balancer.get("advancedConfiguration") or {}).get("alternateTargetGroupArn")
    first = str(balancer["targetGroupArn"])
    return str(alternate) if alternate and first in taken else first


def roll_back(current: ServiceDeployment, reason: str) -> Facts | None:
    """Begin to go back to what ran before, whose tasks are still there; return its deployment."""
    service, source = current.service, current.source
    if source is None or current.shift is None:
        current.lack_candidate()
        return None
    for name, value in source["template"].items():
        setattr(service, name, value)
    for deployment in service.deployments:
        deployment["status"] = "ACTIVE"
    source.update(status="PRIMARY", rolloutState="IN_PROGRESS", updatedAt=utcnow())
    source["rolloutStateReason"] = f"{reason}: rolling back to deploymentId {source['id']}."
    service.deployments = [source, *(one for one in service.deployments if one is not source)]
    current.shift = shifts.turn_back(current.shift)
    current.roll_back(source)
    return source


def resolved(deployment: Facts) -> list[Facts]:
    """Return which target group a deployment really has, and which rule leads to it."""
    found = []
    for balancer, group in zip(balancers(deployment["template"]), deployment["target_groups"], strict=True):
        rule = (balancer.get("advancedConfiguration") or {}).get("productionListenerRule")
        found.append({"targetGroupArn": group, "productionListenerRule": rule})
    return found


def stage(one: ServiceDeployment) -> Facts:
    """Return what DescribeServiceDeployments says of the stage of a deployment."""
    return {"lifecycleStage": one.shift.stage} if one.shift and one.under_way else {}


def weights(one: ServiceDeployment, deployment: Facts) -> Facts:
    """Return the percent of test and production requests that a deployment gets."""
    if one.shift is None:
        return {}
    if deployment is one.target:
        return _weights(one.shift.test, one.shift.production)
    if deployment is one.source:
        return _weights(shifts.ALL - one.shift.test, shifts.ALL - one.shift.production)
    return _weights(0.0, 0.0)


def _weights(test: float, production: float) -> Facts:
    return {"requestedTestTrafficWeight": test, "requestedProductionTrafficWeight": production}
