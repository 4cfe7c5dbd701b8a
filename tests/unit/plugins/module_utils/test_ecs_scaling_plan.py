# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about the autoscaling of a service."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_scaling_plan import DIMENSION, Scaling, described, plan
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

BALANCER = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop/0123456789abcdef"
GROUP = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop/fedcba9876543210"
EVENING = {"name": "evening", "schedule": "cron(0 18 * * ? *)", "timezone": "Europe/Berlin"}
WANTED: dict[str, Any] = {
    "state": "present",
    "cluster": "shop",
    "service": "shop",
    "min_count": 2,
    "max_count": 9,
    "cpu_target": 60.0,
    "memory_target": 75.0,
    "requests_target": 1000.0,
    "load_balancer_arn": BALANCER,
    "target_group_arn": GROUP,
    "scale_in_cooldown": 300,
    "scale_out_cooldown": 60,
    "scheduled_actions": [{**EVENING, "min_count": 6, "max_count": None}],
}


def written(params: dict[str, Any], **limits: int) -> Scaling:
    """Return the scaling as AWS describes what was written, but for limits that changed since."""
    after = plan(Scaling(), params).after
    target = {"ResourceId": after.resource_id, "ScalableDimension": DIMENSION, **after.limits, **limits}
    policies = [one.request for one in after.policies]
    return described([target], policies, [one.request for one in after.scheduled_actions])


def test_what_was_written_is_what_is_wanted() -> None:
    assert not plan(written(WANTED), WANTED)
    assert not plan(Scaling(), {**WANTED, "state": "absent"})


def test_requests_are_those_of_this_target_group_behind_this_load_balancer() -> None:
    (policy,) = (one for one in plan(Scaling(), WANTED).after.policies if one.name == "shop-requests")
    specification = policy.request["TargetTrackingScalingPolicyConfiguration"]["PredefinedMetricSpecification"]
    assert specification == {
        "PredefinedMetricType": "ALBRequestCountPerTarget",
        "ResourceLabel": "app/shop/0123456789abcdef/targetgroup/shop/fedcba9876543210",
    }


def test_what_is_not_wanted_any_more_goes() -> None:
    change = plan(written(WANTED), {**WANTED, "memory_target": 0.0, "requests_target": 0.0, "scheduled_actions": []})
    assert change.gone("policies") == ["shop-memory", "shop-requests"]
    assert change.gone("scheduled_actions") == ["evening"]
    assert change.new("policies") == change.new("scheduled_actions") == []


@pytest.mark.parametrize(
    ("limits", "after"),
    [
        # The evening has begun.
        ({"MinCapacity": 6}, {"MinCapacity": 6, "MaxCapacity": 9}),
        # Nobody asked for this.
        ({"MinCapacity": 5}, {"MinCapacity": 2, "MaxCapacity": 9}),
        ({"MinCapacity": 6, "MaxCapacity": 50}, {"MinCapacity": 6, "MaxCapacity": 9}),
    ],
)
def test_limit_that_the_clock_set_stays(limits: dict[str, int], after: dict[str, int]) -> None:
    change = plan(written(WANTED, **limits), WANTED)
    assert change.after.limits == after
    assert bool(change) == (limits == {"MinCapacity": 5} or "MaxCapacity" in limits)


def test_policy_that_does_anything_else_is_replaced() -> None:
    target = {"ResourceId": "service/shop/shop", "MinCapacity": 2, "MaxCapacity": 9}
    policies = [one.request for one in plan(Scaling(), WANTED).after.policies]
    tracking = policies[0]["TargetTrackingScalingPolicyConfiguration"]
    for other in (
        {"PolicyType": "StepScaling"},
        {"TargetTrackingScalingPolicyConfiguration": {**tracking, "DisableScaleIn": True}},
        {"TargetTrackingScalingPolicyConfiguration": {**tracking, "TargetValue": 61.0}},
    ):
        found = described([target], [{**policies[0], **other}, *policies[1:]], [])
        assert [one.name for one in plan(found, WANTED).new("policies")] == ["shop-cpu"]


def test_rate_has_no_time_zone() -> None:
    action = {**EVENING, "schedule": "rate(1 day)", "timezone": "UTC", "min_count": 1, "max_count": 4}
    params = {**WANTED, "scheduled_actions": [action]}
    (made,) = plan(Scaling(), params).after.scheduled_actions
    assert "Timezone" not in made.request
    assert not plan(written(params), params)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"min_count": 10}, "min_count is 10 and max_count is 9"),
        ({"min_count": -1}, "min_count is -1"),
        ({"cpu_target": 101.0}, "cpu_target is 101.0; expected a percentage"),
        ({"target_group_arn": None}, "requests_target needs"),
        ({"scheduled_actions": WANTED["scheduled_actions"] * 2}, "a name twice"),
        ({"scheduled_actions": [{**EVENING, "min_count": None, "max_count": None}]}, "expected one of them"),
        ({"scheduled_actions": [{**EVENING, "min_count": 5, "max_count": 4}]}, "expected one of them"),
        ({"scheduled_actions": [{**EVENING, "schedule": "18:00", "min_count": 1, "max_count": None}]}, "schedule is"),
    ],
)
def test_what_aws_would_refuse_is_refused(change: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan(Scaling(), {**WANTED, **change})
