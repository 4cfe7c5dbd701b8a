# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about the autoscaling of a service of ECS, as pure functions."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Facts = Mapping[str, Any]
DIMENSION = "ecs:service:DesiredCount"
TRACKING = "TargetTrackingScaling"
# What each target tracks: option -> (end of the policy's name, metric).
# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_PredefinedMetricSpecification.html
METRICS = {
    "cpu_target": ("cpu", "ECSServiceAverageCPUUtilization"),
    "memory_target": ("memory", "ECSServiceAverageMemoryUtilization"),
    "requests_target": ("requests", "ALBRequestCountPerTarget"),
}
PERCENTS = ("cpu_target", "memory_target")


@dataclass(frozen=True)
class Policy:
    """A policy that tracks a target; of one that does anything else no more than the name."""

    name: str
    metric: str = ""
    target: float = 0.0
    resource_label: str = ""
    scale_in_cooldown: int = 0
    scale_out_cooldown: int = 0

    @property
    def request(self) -> dict[str, Any]:
        """The policy as PutScalingPolicy takes it."""
        label = {"ResourceLabel": self.resource_label} if self.resource_label else {}
        return {
            "PolicyName": self.name,
            "PolicyType": TRACKING,
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": self.target,
                "PredefinedMetricSpecification": {"PredefinedMetricType": self.metric, **label},
                "ScaleInCooldown": self.scale_in_cooldown,
                "ScaleOutCooldown": self.scale_out_cooldown,
            },
        }


@dataclass(frozen=True)
class Action:
    """An action by the clock; None leaves that limit as it is then."""

    name: str
    schedule: str
    timezone: str = "UTC"
    min_count: int | None = None
    max_count: int | None = None

    @property
    def request(self) -> dict[str, Any]:
        """The action as PutScheduledAction takes it."""
        limits = {"MinCapacity": self.min_count, "MaxCapacity": self.max_count}
        # A rate has no time of day.
        zone = {} if self.schedule.startswith("rate(") else {"Timezone": self.timezone}
        return {
            "ScheduledActionName": self.name,
            "Schedule": self.schedule,
            **zone,
            "ScalableTargetAction": {key: value for key, value in limits.items() if value is not None},
        }


@dataclass(frozen=True)
class Scaling:
    """How a service is scaled; the fields are results of the module, and empty when it is not."""

    resource_id: str = ""
    min_count: int = 0
    max_count: int = 0
    policies: tuple[Policy, ...] = ()
    scheduled_actions: tuple[Action, ...] = ()

    @property
    def limits(self) -> dict[str, int]:
        """The limits as RegisterScalableTarget takes them."""
        return {"MinCapacity": self.min_count, "MaxCapacity": self.max_count}


@dataclass(frozen=True)
class Change:
    """The scaling of a service before and after."""

    before: Scaling
    after: Scaling

    def __bool__(self) -> bool:
        return self.before != self.after

    def new(self, kind: str) -> list[Any]:
        """Return the policies or the scheduled actions to write."""
        return [one for one in getattr(self.after, kind) if one not in getattr(self.before, kind)]

    def gone(self, kind: str) -> list[str]:
        """Return the names of the policies or the scheduled actions to delete."""
        kept = {one.name for one in getattr(self.after, kind)}
        return [one.name for one in getattr(self.before, kind) if one.name not in kept]

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (_view(one) if one.resource_id else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        return {"changed": bool(self), **_view(self.after), **shown}


def _view(scaling: Scaling) -> dict[str, Any]:
    found = asdict(scaling)
    return {**found, **{name: list(found[name]) for name in ("policies", "scheduled_actions")}}


def resource_id(params: Facts) -> str:
    """Return what Application Auto Scaling calls the service."""
    return f"service/{params['cluster']}/{params['service']}"


def described(targets: Sequence[Facts], policies: Sequence[Facts], actions: Sequence[Facts]) -> Scaling:
    """Return the scaling of one service as Application Auto Scaling describes it."""
    if not targets:
        return Scaling()
    return Scaling(
        resource_id=targets[0]["ResourceId"],
        min_count=targets[0]["MinCapacity"],
        max_count=targets[0]["MaxCapacity"],
        policies=_sorted(_policy(one) for one in policies),
        scheduled_actions=_sorted(_action(one) for one in actions),
    )


def _policy(found: Facts) -> Policy:
    tracking = found.get("TargetTrackingScalingPolicyConfiguration") or {}
    metric = tracking.get("PredefinedMetricSpecification") or {}
    if found["PolicyType"] != TRACKING or tracking.get("DisableScaleIn") or not metric:
        return Policy(found["PolicyName"])
    return Policy(
        name=found["PolicyName"],
        metric=metric["PredefinedMetricType"],
        target=float(tracking["TargetValue"]),
        resource_label=metric.get("ResourceLabel") or "",
        scale_in_cooldown=int(tracking.get("ScaleInCooldown", -1)),
        scale_out_cooldown=int(tracking.get("ScaleOutCooldown", -1)),
    )


def _action(found: Facts) -> Action:
    limits = found.get("ScalableTargetAction") or {}
    return Action(
        name=found["ScheduledActionName"],
        schedule=found["Schedule"],
        timezone=found.get("Timezone") or "UTC",
        min_count=limits.get("MinCapacity"),
        max_count=limits.get("MaxCapacity"),
    )


def _sorted(items: Any) -> tuple[Any, ...]:
    return tuple(sorted(items, key=lambda one: str(one.name)))


def plan(before: Scaling, params: Facts) -> Change:
    """Return what makes the scaling the one that is wanted, or none; raises PlanError for what AWS would refuse."""
    if params["state"] == "absent":
        return Change(before, Scaling())
    _check(params)
    actions = _sorted(Action(**one) for one in params["scheduled_actions"])
    after = Scaling(
        resource_id=resource_id(params),
        min_count=_limit("min_count", before, params, actions),
        max_count=_limit("max_count", before, params, actions),
        policies=_sorted(_wanted_policies(params)),
        scheduled_actions=actions,
    )
    return Change(before, after)


def _limit(name: str, before: Scaling, params: Facts, actions: Sequence[Action]) -> int:
    """Return a limit: as it is, if the clock may have set it, and as it was asked for otherwise.

    An action changes the limits of the target itself, so after it they are not those that were asked for.
    """
    current: int = getattr(before, name)
    by_the_clock = [getattr(one, name) for one in actions if getattr(one, name) is not None]
    return current if before.resource_id and current in by_the_clock else int(params[name])


def _wanted_policies(params: Facts) -> Iterator[Policy]:
    for option, (end, metric) in METRICS.items():
        if params[option]:
            yield Policy(
                name=f"{params['service']}-{end}",
                metric=metric,
                target=float(params[option]),
                resource_label=_label(params) if option == "requests_target" else "",
                scale_in_cooldown=params["scale_in_cooldown"],
                scale_out_cooldown=params["scale_out_cooldown"],
            )


def _label(params: Facts) -> str:
    """Return the ends of both ARNs, by which Application Auto Scaling knows whose requests are counted."""
    balancer = str(params["load_balancer_arn"]).rpartition(":loadbalancer/")[2]
    return f"{balancer}/{str(params['target_group_arn']).rpartition(':')[2]}"


def _check(params: Facts) -> None:
    low, high = params["min_count"], params["max_count"]
    if not 0 <= low <= high:
        raise PlanError(
            f"min_count is {low} and max_count is {high}; expected 0 or more, the second not below the first."
        )
    for option in PERCENTS:
        if params[option] and not 0 < params[option] <= 100:
            raise PlanError(f"{option} is {params[option]}; expected a percentage up to 100.")
    if params["requests_target"] and not (params["load_balancer_arn"] and params["target_group_arn"]):
        raise PlanError("requests_target needs load_balancer_arn and target_group_arn.")
    _check_actions(params["scheduled_actions"])


def _check_actions(actions: Sequence[Facts]) -> None:
    if len({one["name"] for one in actions}) != len(actions):
        raise PlanError("scheduled_actions has a name twice; expected each once.")
    for one in actions:
        if not one["schedule"].startswith(("at(", "cron(", "rate(")):
            raise PlanError(f"schedule is {one['schedule']!r}; expected at(...), cron(...) or rate(...).")
        least, most = one["min_count"], one["max_count"]
        given = [limit for limit in (least, most) if limit is not None]
        if not given or given != sorted(given) or given[0] < 0:
            raise PlanError(
                f"scheduled action {one['name']} has min_count {least} and max_count {most}; expected one of them, or "
                "both and the first at most the second."
            )
