# SPDX-License-Identifier: GPL-3.0-or-later
"""Blue/green, canary and linear deployments under way: which tasks they want, and where requests go.

ECS moves requests by the weights of listener rules, in the infrastructure role that the service names.
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/AmazonECSInfrastructureRolePolicyForLoadBalancers.html
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from moto.elbv2.models import elbv2_backends

from emulator.authorizer.authorizer import Authorizer, DeniedError, Source
from emulator.authorizer.call import Call, Need
from emulator.authorizer.policy import Principal
from emulator.control_plane.fidelity import ecs_deployment, ecs_shifting
from emulator.control_plane.fidelity.ecs_rollout import ServiceDeployment
from emulator.scheduler import shift as shifts
from emulator.scheduler.phase import Phase
from emulator.scheduler.task import RunningTask
from emulator.settings import ACCOUNT_ID, REGION

SERVICE = Principal("", "", "ecs.amazonaws.com")
# A rule, the target groups it forwards to and their weights.
Weights = tuple[str, dict[str, int]]


def wanted(service: Any, deployment: dict[str, Any]) -> int:
    """Return how many tasks a deployment of a service shall have."""
    current = service.history[0]
    if service.status != "ACTIVE":
        return 0
    if current.shift is None or not current.under_way:
        return int(service.desired_count) if deployment is service.deployments[0] else 0
    here = shifts.target_wanted(current.shift) if deployment is current.target else False
    before = shifts.source_wanted(current.shift) if deployment is current.source else False
    return int(service.desired_count) if here or before else 0


class Shifting:
    """Move deployments from stage to stage; call under the lock."""

    def __init__(self, authorizer: Authorizer, minute_seconds: float) -> None:
        self._authorizer = authorizer
        self._minute = minute_seconds

    def advance(self, service: Any, tasks: Sequence[RunningTask], now: float) -> Iterator[str]:
        """Move the newest deployment of a service on; yield what there is to say of it in events."""
        current = service.history[0]
        if current.shift is None or not current.under_way or service.status != "ACTIVE":
            return
        pace = shifts.pace_of(current.configuration, self._minute, first=current.source is None)
        following = shifts.advance(current.shift, pace, _scene(current, tasks, now))
        if problem := self._direct(current, following):
            yield problem
            return
        current.shift = following
        if following.finished:
            ecs_deployment.complete(service)
            yield f"(deployment {service.deployments[0]['id']}) deployment completed."
            yield "has reached a steady state."

    def _direct(self, current: ServiceDeployment, shift: shifts.Shift) -> str:
        """Make the rules forward as a stage wants it. What somebody else does to them meanwhile is not mended."""
        before = current.shift
        if current.directed and before and (before.production, before.test) == (shift.production, shift.test):
            return ""
        for role, (arn, weights) in _rules(current, shift):
            rule = _rule(arn)
            if rule is None:
                return f"Unable to find the listener rule {arn}."
            if _present(rule) == weights:
                continue
            try:
                self._check(role, current, arn)
            except DeniedError as error:
                return f"Unable to modify the listener rule {arn}: {error}"
            _write(arn, weights)
        current.directed = True
        return ""

    def _check(self, role: str, current: ServiceDeployment, rule: str) -> None:
        context = {"aws:sourceaccount": (ACCOUNT_ID,), "aws:sourcearn": (current.service.arn,)}
        if not self._authorizer.may_assume(role, SERVICE, context):
            raise DeniedError(f"ECS was unable to assume the role '{role}'.", "trust policy", role)
        session = f"arn:aws:sts::{ACCOUNT_ID}:assumed-role/{role.rpartition('/')[2]}/ecs-service-scheduler"
        modify = Call("elasticloadbalancing", (Need("elasticloadbalancing:ModifyRule", rule),))
        self._authorizer.check(Source(Principal(session, ACCOUNT_ID), None), modify)


def _scene(current: ServiceDeployment, tasks: Sequence[RunningTask], now: float) -> shifts.Scene:
    shift = current.shift
    staying = current.source if shift is not None and shift.backwards else current.target
    known = [one["id"] for one in (current.source, current.target) if one]
    alive = [task for task in tasks if task.life.phase is not Phase.STOPPED]
    mine = [task for task in alive if staying and task.deployment == staying["id"]]
    serving = [task for task in mine if task.serves and task.sight.health in (None, "healthy")]
    return shifts.Scene(
        now=now,
        ready=len(serving) >= current.service.desired_count,
        alone=len(alive) == len(mine),
        reconciled=all(task.deployment in known for task in alive),
    )


def _rules(current: ServiceDeployment, shift: shifts.Shift) -> Iterator[tuple[str, Weights]]:
    """Yield what the rules of a deployment shall forward to, each with the role that may make it so."""
    source = current.source or current.target
    pairs = zip(ecs_shifting.balancers(current.target["template"]), current.target["target_groups"], strict=True)
    for place, (balancer, target) in enumerate(pairs):
        advanced = balancer.get("advancedConfiguration")
        if not advanced:
            continue
        groups = source["target_groups"]
        before = groups[place] if current.source and place < len(groups) else _other(balancer, target)
        percents = {"productionListenerRule": shift.production, "testListenerRule": shift.test}
        for name, percent in percents.items():
            if advanced.get(name):
                share = percent if current.source else shifts.ALL
                yield advanced["roleArn"], (advanced[name], _weights(before, target, share))


def _other(balancer: dict[str, Any], target: str) -> str:
    both = (balancer["targetGroupArn"], balancer["advancedConfiguration"]["alternateTargetGroupArn"])
    return str(next(arn for arn in both if arn != target))


def _weights(before: str, target: str, percent: float) -> dict[str, int]:
    """Return weights: whole numbers, so tenths of a percent take thousands, of which one rule has at most 999."""
    scale = 1 if float(percent).is_integer() else 10
    share = round(percent * scale)
    return {before: 100 * scale - share, target: share}


def _rule(arn: str) -> Any:
    for balancer in elbv2_backends[ACCOUNT_ID][REGION].load_balancers.values():
        for listener in balancer.listeners.values():
            for rule in listener.rules.values():
                if rule.arn == arn:
                    return rule
    return None


def _present(rule: Any) -> dict[str, int]:
    data = rule.actions[-1].data
    groups = (data.get("ForwardConfig") or {}).get("TargetGroups") or []
    return {one["TargetGroupArn"]: int(one.get("Weight", 1)) for one in groups}


def _write(arn: str, weights: dict[str, int]) -> None:
    groups = [{"TargetGroupArn": group, "Weight": weight} for group, weight in weights.items()]
    action = {"Type": "forward", "Order": 1, "ForwardConfig": {"TargetGroups": groups}}
    elbv2_backends[ACCOUNT_ID][REGION].modify_rule(arn, [], [action])
