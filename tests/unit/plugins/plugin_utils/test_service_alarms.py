# SPDX-License-Identifier: GPL-3.0-or-later
"""The alarms of a service."""

from __future__ import annotations

from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._service_alarms import service_alarms

PLACE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
SERVICE: dict[str, Any] = {
    "cluster": "shop",
    "service": "shop",
    "load_balancer_arn": f"{PLACE}:loadbalancer/app/shop/0123456789abcdef",
    "target_group_arns": [f"{PLACE}:targetgroup/shop/fedcba9876543210"],
    "container_insights": "enhanced",
}
LIMITS = {"error_percent": 5, "latency": 1.0, "load_balancer_errors": 10, "utilization_percent": 90}
BALANCER = {"LoadBalancer": "app/shop/0123456789abcdef"}
GROUP = {**BALANCER, "TargetGroup": "targetgroup/shop/fedcba9876543210"}


def alarms(**other: Any) -> dict[str, Any]:
    return {one["name"]: one for one in service_alarms({**SERVICE, **other}, LIMITS)}


def expression(alarm: dict[str, Any]) -> str:
    (result,) = (one["expression"] for one in alarm["metrics"] if one["id"] == "result")
    return str(result)


def test_metrics_are_asked_for_by_the_names_that_aws_gives_them() -> None:
    made = alarms()
    assert made["load-balancer-errors"]["dimensions"] == BALANCER
    # Another service behind the same load balancer may be slow.
    assert made["latency"]["dimensions"] == GROUP
    assert [one["dimensions"] for one in made["errors"]["metrics"][:2]] == [GROUP, GROUP]
    assert made["cpu"]["dimensions"] == made["memory"]["dimensions"] == {"ClusterName": "shop", "ServiceName": "shop"}
    assert (made["cpu"]["metric"], made["memory"]["metric"]) == ("CPUUtilization", "MemoryUtilization")
    assert [one["threshold"] for one in (made["errors"], made["latency"], made["cpu"])] == [5, 1.0, 90]


def test_failures_are_a_part_of_enough_requests() -> None:
    assert expression(alarms()["errors"]) == "IF(asked0 >= 20, 100 * failed0 / asked0, 0)"


def test_target_groups_count_together() -> None:
    other = f"{PLACE}:targetgroup/shop-other/0011223344556677"
    made = alarms(target_group_arns=[*SERVICE["target_group_arns"], other])
    assert made["latency"]["dimensions"] == BALANCER
    assert expression(made["no-healthy-task"]) == "(FILL(good0, 0) + FILL(good1, 0))"
    assert expression(made["unhealthy-tasks"]) == "(FILL(bad0, 0) + FILL(bad1, 0))"
    groups = [one["dimensions"]["TargetGroup"] for one in made["no-healthy-task"]["metrics"][:2]]
    assert groups == [GROUP["TargetGroup"], "targetgroup/shop-other/0011223344556677"]
    # FILL fills the last minute, too, which must not be enough for an alarm.
    assert all(one["datapoints"] < one["evaluation_periods"] for one in (made["errors"], made["no-healthy-task"]))
    assert made["no-healthy-task"]["datapoints"] > 1


def test_without_any_data_nobody_is_healthy_and_nothing_failed() -> None:
    made = alarms()
    assert made["no-healthy-task"]["missing_data"] == "breaching"
    assert made["errors"]["missing_data"] == made["latency"]["missing_data"] == "notBreaching"


def test_what_the_load_balancer_itself_fails_is_told_once() -> None:
    assert set(alarms()) - set(alarms(load_balancer_owned=False)) == {"load-balancer-errors"}


def test_tasks_are_missed_only_where_they_are_counted() -> None:
    assert set(alarms()) - set(alarms(container_insights="disabled")) == {"missing-tasks"}
    assert expression(alarms(container_insights="enabled")["missing-tasks"]) == "desired - running"
