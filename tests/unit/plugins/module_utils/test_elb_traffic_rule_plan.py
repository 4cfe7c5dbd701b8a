# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a rule whose weights belong to deployments."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._elb_traffic_rule_plan import Rule, described, plan
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

WANTED: dict[str, Any] = {
    "priority": 20,
    "path": "/*",
    "header": {},
    "target_group_arns": ["arn:a", "arn:b"],
    "state": "present",
}
PATHS = [{"Field": "path-pattern", "Values": ["/*"], "PathPatternConfig": {"Values": ["/*"]}}]


def found(*weights: tuple[str, int], kind: str = "forward") -> dict[str, Any]:
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in weights]
    action = {"Type": kind, "ForwardConfig": {"TargetGroups": groups}}
    return {"RuleArn": "arn:rule", "Priority": "20", "Conditions": PATHS, "Actions": [action]}


def test_a_new_rule_leads_everything_to_the_first_group() -> None:
    change = plan(Rule(), WANTED)
    assert change.after.weights == {"arn:a": 100, "arn:b": 0}
    assert change


@pytest.mark.parametrize("weights", [(100, 0), (0, 100), (95, 5), (999, 1)])
def test_weights_are_never_a_change(weights: tuple[int, int]) -> None:
    there = described(found(("arn:a", weights[0]), ("arn:b", weights[1])))
    assert not plan(there, WANTED)
    assert plan(there, {**WANTED, "path": "/shop"}).after.weights == there.weights


def test_a_rule_with_one_group_is_completed_by_the_first_deployment() -> None:
    assert not plan(described(found(("arn:b", 1))), WANTED)


@pytest.mark.parametrize(
    ("there", "other", "told"),
    [
        (found(("arn:c", 1)), {}, "priority 20 is taken by arn:rule"),
        (found(("arn:a", 0), ("arn:b", 100)), {"state": "absent"}, "leads requests to arn:b"),
        (None, {"path": ""}, "path and header are empty"),
    ],
)
def test_what_would_lead_requests_astray_is_refused(there: Any, other: dict[str, Any], told: str) -> None:
    with pytest.raises(PlanError, match=told):
        plan(described(there), {**WANTED, **other})


def test_a_rule_that_does_something_else_is_not_taken_over() -> None:
    with pytest.raises(PlanError, match="does not forward only"):
        described(found(("arn:a", 1), kind="redirect"))
