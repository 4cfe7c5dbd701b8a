# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about the autoscaling of a table."""

from __future__ import annotations

from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_scaling_plan import Change, described, wanted

WANTED: dict[str, Any] = {
    "state": "present",
    "name": "shop",
    "indexes": ["by-date"],
    "min_read_capacity": 1,
    "max_read_capacity": 9,
    "min_write_capacity": 2,
    "max_write_capacity": 8,
    "target_utilization": 70,
}


def as_described(after: Any) -> tuple[list[dict[str, Any]], list[dict[str, Any]]]:
    """Return targets and policies as AWS describes what was written."""
    targets = [{**one.key, **one.limits} for one in after]
    return targets, [{**one.key, **one.policy} for one in after]


def test_what_was_written_is_what_is_wanted() -> None:
    after = wanted(WANTED)
    assert not Change(described(*as_described(after)), after)
    assert len({one.policy["PolicyName"] for one in after}) == 4


def test_policy_that_says_anything_else_is_none() -> None:
    targets, policies = as_described(wanted(WANTED))
    metric = {"PredefinedMetricType": "DynamoDBWriteCapacityUtilization"}
    for change in ({"DisableScaleIn": True}, {"PredefinedMetricSpecification": metric}):
        tracking = {**policies[0]["TargetTrackingScalingPolicyConfiguration"], **change}
        others = [{**policies[0], "TargetTrackingScalingPolicyConfiguration": tracking}, *policies[1:]]
        assert [one.target_utilization for one in described(targets, others)] == [0, 70, 70, 70]


def test_targets_of_indexes_that_are_gone_go() -> None:
    change = Change(wanted(WANTED), wanted({**WANTED, "indexes": []}))
    assert {one.resource_id for one in change.gone} == {"table/shop/index/by-date"}
    assert wanted({**WANTED, "state": "absent"}) == ()
