# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a listener rule whose weights belong to deployments, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Facts = Mapping[str, Any]
ALL = 100


@dataclass(frozen=True)
class Rule:
    """A rule; the fields are results of the module, and empty when there is none."""

    rule_arn: str = ""
    priority: int = 0
    path: str = ""
    header: Mapping[str, str] = field(default_factory=dict)
    weights: Mapping[str, int] = field(default_factory=dict)

    @property
    def conditions(self) -> list[dict[str, Any]]:
        """Return the conditions as CreateRule takes them."""
        path = [{"Field": "path-pattern", "PathPatternConfig": {"Values": [self.path]}}] if self.path else []
        headers = [
            {"Field": "http-header", "HttpHeaderConfig": {"HttpHeaderName": name, "Values": [value]}}
            for name, value in self.header.items()
        ]
        return [*path, *headers]

    @property
    def actions(self) -> list[dict[str, Any]]:
        """Return the action of a new rule."""
        groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in self.weights.items()]
        return [{"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}]


@dataclass(frozen=True)
class Change:
    """A rule before and after."""

    before: Rule
    after: Rule

    def __bool__(self) -> bool:
        return self.before != self.after

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (asdict(one) if one.priority else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        return {"changed": bool(self), "rule": asdict(self.after), **shown}


def described(found: Facts | None) -> Rule:
    """Return a rule as DescribeRules gives it; raises PlanError for one that does something else than forward."""
    if not found:
        return Rule()
    if [one["Type"] for one in found["Actions"]] != ["forward"]:
        raise PlanError(f"the rule {found['RuleArn']} has the same priority, and does not forward only.")
    paths = [value for one in found["Conditions"] if one["Field"] == "path-pattern" for value in _values(one)]
    headers = [one["HttpHeaderConfig"] for one in found["Conditions"] if one["Field"] == "http-header"]
    return Rule(
        rule_arn=found["RuleArn"],
        priority=int(found["Priority"]),
        path=", ".join(paths),
        header={one["HttpHeaderName"]: ", ".join(one["Values"]) for one in headers},
        weights=_weights(found["Actions"][0]),
    )


def _values(condition: Facts) -> Sequence[str]:
    values: Sequence[str] = (condition.get("PathPatternConfig") or {}).get("Values") or condition.get("Values") or []
    return values


def _weights(action: Facts) -> dict[str, int]:
    groups = (action.get("ForwardConfig") or {}).get("TargetGroups") or [{"TargetGroupArn": action["TargetGroupArn"]}]
    return {one["TargetGroupArn"]: int(one.get("Weight", 1)) for one in groups}


def plan(before: Rule, params: Facts) -> Change:
    """Return what makes the rule the one that is wanted. The weights of one that is there stay as they are."""
    groups = params["target_group_arns"]
    if before.priority and not set(before.weights) <= set(groups):
        raise PlanError(
            f"priority {params['priority']} is taken by {before.rule_arn}, which forwards to "
            f"{', '.join(sorted(before.weights))}; expected another priority."
        )
    if params["state"] == "absent":
        return Change(before, _removed(before, groups[0]))
    if not params["path"] and not params["header"]:
        raise PlanError("path and header are empty; expected one at least, by which requests are chosen.")
    weights = before.weights or {arn: 0 if place else ALL for place, arn in enumerate(groups)}
    return Change(before, Rule(before.rule_arn, params["priority"], params["path"], dict(params["header"]), weights))


def _removed(before: Rule, first: str) -> Rule:
    others = sorted(arn for arn, weight in before.weights.items() if weight and arn != first)
    if others:
        raise PlanError(
            f"the rule {before.rule_arn} leads requests to {', '.join(others)}, and without it they went to {first}, "
            "where no task may be. Deploy once more before: then the first group is in use again."
        )
    return Rule()
