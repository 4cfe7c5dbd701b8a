# SPDX-License-Identifier: GPL-3.0-or-later
"""The dashboard of a service: what it shows, of whom, and where."""

from __future__ import annotations

from itertools import combinations
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._service_dashboard import service_dashboard

PLACE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
ALARMS = "arn:aws:cloudwatch:eu-central-1:123456789012:alarm:"
SITE: dict[str, Any] = {
    "region": "eu-central-1",
    "cluster": "shop",
    "service": "shop",
    "load_balancer_arn": f"{PLACE}:loadbalancer/app/shop/0123456789abcdef",
    "target_group_arns": [f"{PLACE}:targetgroup/shop/fedcba9876543210"],
    "container_insights": "enhanced",
    "alarms": ["shop.service-latency", "shop.service-errors"],
    "alarm_arn": f"{ALARMS}*",
    "table": "shop.2",
}


def widgets(**other: Any) -> dict[str, dict[str, Any]]:
    return {one["properties"]["title"]: one for one in service_dashboard({**SITE, **other})["widgets"]}


def labels(widget: dict[str, Any]) -> list[str]:
    return [str(one[-1].get("label", "")) for one in widget["properties"]["metrics"]]


def test_alarms_are_named_by_their_arns() -> None:
    assert widgets()["Alarms"]["properties"]["alarms"] == [
        f"{ALARMS}shop.service-errors",
        f"{ALARMS}shop.service-latency",
    ]
    assert "Alarms" not in widgets(alarms=[])


def test_metrics_are_those_of_the_site() -> None:
    made = widgets()
    (requests,) = made["Requests"]["properties"]["metrics"]
    assert requests[:4] == ["AWS/ApplicationELB", "RequestCount", "LoadBalancer", "app/shop/0123456789abcdef"]
    assert made["CPU of the tasks"]["properties"]["metrics"][0][2:6] == ["ClusterName", "shop", "ServiceName", "shop"]
    assert made["Capacity of the table"]["properties"]["metrics"][0][2:4] == ["TableName", "shop.2"]
    (latency,) = made["Time that the table takes, p99"]["properties"]["metrics"]
    assert 'TableName="shop.2"' in latency[0]["expression"]


def test_each_target_group_is_shown() -> None:
    other = f"{PLACE}:targetgroup/shop-other/0011223344556677"
    shown = labels(widgets(target_group_arns=[*SITE["target_group_arns"], other])["Tasks"])
    assert shown == [
        *("healthy, shop", "unhealthy, shop", "healthy, shop-other", "unhealthy, shop-other"),
        *("running", "desired"),
    ]


def test_without_container_insights_nobody_knows_how_many_tasks_run() -> None:
    assert labels(widgets(container_insights="disabled")["Tasks"]) == ["healthy, shop", "unhealthy, shop"]


def test_no_widget_lies_upon_another() -> None:
    def apart(one: dict[str, Any], two: dict[str, Any]) -> bool:
        return bool(
            one["x"] + one["width"] <= two["x"]
            or two["x"] + two["width"] <= one["x"]
            or one["y"] + one["height"] <= two["y"]
            or two["y"] + two["height"] <= one["y"]
        )

    made = list(widgets().values())
    assert all(apart(one, two) for one, two in combinations(made, 2))
    assert all(one["x"] + one["width"] <= 24 for one in made)
