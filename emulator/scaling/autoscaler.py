# SPDX-License-Identifier: GPL-3.0-or-later
"""Change the number of tasks of services, as their scalable targets want it, once a minute."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

from moto.applicationautoscaling.models import applicationautoscaling_backends
from moto.ecs.models import ecs_backends

from emulator.control_plane.fidelity import scaling_policy
from emulator.metrics.alarms import ALARM
from emulator.scaling.schedule import Span, due
from emulator.scaling.tracking import Decision, Memory, Reading, Scene, decide
from emulator.settings import ACCOUNT_ID, REGION, Settings

LOG = logging.getLogger(__name__)
TRACKING = "TargetTrackingScaling"
# Of services of ECS: https://docs.aws.amazon.com/autoscaling/application/APIReference/API_TargetTrackingScalingPolicyConfiguration.html
COOLDOWN = 300
Value = Callable[[Any], float | None]


class Autoscaler:
    """Belongs to the thread that drives the data plane; call under the lock."""

    def __init__(self, settings: Settings) -> None:
        self._enabled = settings.autoscaling
        self._minute = settings.minute_seconds
        self._memories: dict[str, Memory] = {}
        self._limits: dict[str, tuple[int, int]] = {}
        self._looked = datetime.now(UTC)

    def act(self, now: float, value: Value) -> None:
        """Do what is due. `value` returns the newest value of what an alarm looks at."""
        since, self._looked = self._looked, datetime.now(UTC)
        if not self._enabled:
            return
        backend = applicationautoscaling_backends[ACCOUNT_ID][REGION]
        self._heed_clock(backend, Span(since, self._looked, self._minute))
        for target in backend.describe_scalable_targets("ecs", None, "ecs:service:DesiredCount"):
            if service := _service(target):
                self._keep_limits(backend, target, service)
                self._track(backend, target, service, now, value)

    def _heed_clock(self, backend: Any, span: Span) -> None:
        """Set the limits that scheduled actions set."""
        targets = {one.resource_id: one for one in backend.describe_scalable_targets("ecs", None, None)}
        for action in backend.describe_scheduled_actions(None, "ecs", None, None):
            target = targets.get(action.resource_id)
            if target is None or _suspended(target, "ScheduledScaling"):
                continue
            made = datetime.fromtimestamp(action.creation_time, UTC)
            try:
                is_due = due(action.schedule, action.timezone or "UTC", made, span)
            except ValueError as error:
                LOG.error("scheduled action %s is not done: %s", action.scheduled_action_name, error)
                continue
            if is_due:
                wanted = action.scalable_target_action or {}
                target.update(wanted.get("MinCapacity"), wanted.get("MaxCapacity"), None)
                words = f"min capacity to {target.min_capacity} and max capacity to {target.max_capacity}"
                cause = f"scheduled action name {action.scheduled_action_name} was triggered"
                scaling_policy.note(backend, target, words, cause)

    def _keep_limits(self, backend: Any, target: Any, service: Any) -> None:
        """Move the number of tasks into limits that are new."""
        least, most = int(target.min_capacity), int(target.max_capacity)
        if self._limits.get(target.arn) == (least, most):
            return
        count = min(max(int(service.desired_count), least), most)
        if count < service.desired_count and _deploying(service):
            return
        self._limits[target.arn] = (least, most)
        if count != service.desired_count:
            limit = "minimum" if count > service.desired_count else "maximum"
            self._set(backend, target, service, count, f"{limit} capacity was set to {count}")

    def _track(self, backend: Any, target: Any, service: Any, now: float, value: Value) -> None:
        """Do what the policies want. While a deployment runs no task is stopped.

        https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-autoscaling-targettracking.html
        """
        scene = Scene(
            now,
            int(service.desired_count),
            int(target.min_capacity),
            int(target.max_capacity),
            may_scale_in=not (_deploying(service) or _suspended(target, "DynamicScalingIn")),
            may_scale_out=not _suspended(target, "DynamicScalingOut"),
        )
        policies = {one.policy_name: one for one in _policies(backend, target)}
        readings = [self._reading(one, value) for one in policies.values()]
        decision = decide(scene, readings, self._memories.get(target.arn, Memory()))
        if decision is None:
            return
        self._memories[target.arn] = decision.memory
        self._set(backend, target, service, decision.count, _cause(policies, decision))

    def _reading(self, policy: Any, value: Value) -> Reading:
        tracking = policy.target_tracking_scaling_policy_configuration
        high, low = policy.alarms
        pace = self._minute / 60
        return Reading(
            policy=policy.policy_name,
            target=float(tracking["TargetValue"]),
            value=value(high),
            high=high.state_value == ALARM,
            low=low.state_value == ALARM,
            scales_in=not tracking.get("DisableScaleIn"),
            scale_in_cooldown=float(tracking.get("ScaleInCooldown", COOLDOWN)) * pace,
            scale_out_cooldown=float(tracking.get("ScaleOutCooldown", COOLDOWN)) * pace,
        )

    def _set(self, backend: Any, target: Any, service: Any, count: int, cause: str) -> None:
        LOG.info("service %s has %d tasks, %d are wanted: %s", service.name, service.desired_count, count, cause)
        service.desired_count = count
        scaling_policy.note(backend, target, f"desired count to {count}", cause)


def _cause(policies: dict[str, Any], decision: Decision) -> str:
    policy = policies[decision.reading.policy]
    alarm = policy.alarms[0 if decision.reading.high else 1]
    return f"monitor alarm {alarm.name} in state ALARM triggered policy {policy.policy_name}"


def _policies(backend: Any, target: Any) -> Iterator[Any]:
    for policy in backend.policies.values():
        if policy.resource_id == target.resource_id and policy.policy_type == TRACKING and len(policy.alarms) == 2:
            yield policy


def _service(target: Any) -> Any:
    """Return the service of a scalable target, while it is active."""
    _, cluster, name = target.resource_id.split("/")
    for service in ecs_backends[ACCOUNT_ID][REGION].services.values():
        if (service.cluster_name, service.name, service.status) == (cluster, name, "ACTIVE"):
            return service
    return None


def _deploying(service: Any) -> bool:
    return bool(service.history and service.history[0].under_way)


def _suspended(target: Any, process: str) -> bool:
    return bool((target.suspended_state or {}).get(f"{process}Suspended"))
