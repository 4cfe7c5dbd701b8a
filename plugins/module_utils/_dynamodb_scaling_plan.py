# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about the autoscaling of a DynamoDB table, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Facts = Mapping[str, Any]
KINDS = {"read": "Read", "write": "Write"}
POLICY_TYPE = "TargetTrackingScaling"


@dataclass(frozen=True)
class Target:
    """The units of one kind of a table or an index, and the utilization that is aimed at; 0 if none is."""

    resource_id: str
    scalable_dimension: str
    min_capacity: int
    max_capacity: int
    target_utilization: int

    @property
    def key(self) -> dict[str, str]:
        """What it is called by."""
        return {"ResourceId": self.resource_id, "ScalableDimension": self.scalable_dimension}

    @property
    def limits(self) -> dict[str, int]:
        """The limits as RegisterScalableTarget takes them."""
        return {"MinCapacity": self.min_capacity, "MaxCapacity": self.max_capacity}

    @property
    def policy(self) -> dict[str, Any]:
        """The policy as PutScalingPolicy takes it."""
        metric = f"DynamoDB{_kind(self.scalable_dimension)}CapacityUtilization"
        return {
            "PolicyName": policy_name(self.resource_id, self.scalable_dimension),
            "PolicyType": POLICY_TYPE,
            "TargetTrackingScalingPolicyConfiguration": {
                "TargetValue": float(self.target_utilization),
                "PredefinedMetricSpecification": {"PredefinedMetricType": metric},
            },
        }


@dataclass(frozen=True)
class Change:
    """The targets of a table before and after, by what they scale."""

    before: tuple[Target, ...]
    after: tuple[Target, ...]

    def __bool__(self) -> bool:
        return self.before != self.after

    @property
    def gone(self) -> tuple[Target, ...]:
        """The targets that are not wanted any more."""
        wanted = [one.key for one in self.after]
        return tuple(one for one in self.before if one.key not in wanted)

    def existing(self, target: Target) -> Target | None:
        """Return what there was of a target."""
        return next((one for one in self.before if one.key == target.key), None)

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = ([asdict(one) for one in targets] for targets in (self.before, self.after))
        shown = {"diff": {"before": {"targets": before}, "after": {"targets": after}}} if diff else {}
        return {"changed": bool(self), "targets": after, **shown}


def policy_name(resource_id: str, dimension: str) -> str:
    """Return the name of the policy of a target, as the console of DynamoDB names it."""
    return f"{dimension.rpartition(':')[2]}-{resource_id.replace('/', '-')}"


def _kind(dimension: str) -> str:
    return "Read" if "Read" in dimension else "Write"


def described(targets: Sequence[Facts], policies: Sequence[Facts]) -> tuple[Target, ...]:
    """Return the targets as Application Auto Scaling describes them."""
    return _sorted(
        Target(
            resource_id=one["ResourceId"],
            scalable_dimension=one["ScalableDimension"],
            min_capacity=one["MinCapacity"],
            max_capacity=one["MaxCapacity"],
            target_utilization=_utilization(one, policies),
        )
        for one in targets
    )


def _utilization(target: Facts, policies: Sequence[Facts]) -> int:
    """Return the utilization at which the policy of a target aims; 0 for none, or one that says anything else."""
    resource_id, dimension = target["ResourceId"], target["ScalableDimension"]
    for one in policies:
        if one["PolicyName"] != policy_name(resource_id, dimension) or one["ScalableDimension"] != dimension:
            continue
        tracking = one.get("TargetTrackingScalingPolicyConfiguration") or {}
        metric = (tracking.get("PredefinedMetricSpecification") or {}).get("PredefinedMetricType")
        fitting = metric == f"DynamoDB{_kind(dimension)}CapacityUtilization" and not tracking.get("DisableScaleIn")
        return int(tracking.get("TargetValue", 0)) if fitting else 0
    return 0


def wanted(params: Facts) -> tuple[Target, ...]:
    """Return the targets that are wanted; raises PlanError for limits that AWS would refuse."""
    if params["state"] == "absent":
        return ()
    limits = {kind: (params[f"min_{kind}_capacity"], params[f"max_{kind}_capacity"]) for kind in KINDS}
    for kind, (low, high) in limits.items():
        if not 1 <= low <= high:
            raise PlanError(
                f"min_{kind}_capacity is {low} and max_{kind}_capacity is {high}; expected 1 or more, and the first at "
                "most the second."
            )
    # https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/AutoScaling.html
    if not 20 <= params["target_utilization"] <= 90:
        raise PlanError(f"target_utilization is {params['target_utilization']}; expected 20 to 90 percent.")
    owners = {f"table/{params['name']}": "table"}
    owners |= {f"table/{params['name']}/index/{index}": "index" for index in params["indexes"]}
    return _sorted(
        Target(owner, f"dynamodb:{what}:{KINDS[kind]}CapacityUnits", low, high, params["target_utilization"])
        for owner, what in owners.items()
        for kind, (low, high) in limits.items()
    )


def _sorted(targets: Any) -> tuple[Target, ...]:
    return tuple(sorted(targets, key=lambda one: (one.resource_id, one.scalable_dimension)))
