# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Form the dashboard of a service behind a load balancer, with its table: a pure function over plain data.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

Widget = dict[str, Any]
Metric = list[Any]
# A row of the grid has 24 columns.
WIDTH, HEIGHT = 8, 6
SPREAD = ("Average", "Maximum")
BALANCING = "AWS/ApplicationELB"
INSIGHTS = "ECS/ContainerInsights"


def service_dashboard(site: Mapping[str, Any]) -> dict[str, Any]:
    """Return the body of a dashboard, as the module cloudwatch_dashboard takes it.

    The site has region, cluster, service, load_balancer_arn, target_group_arns, container_insights and table, the name
    of the table; alarms, their names, and alarm_arn, which is that of all alarms.
    """
    charts = [*_of_requests(site), *_of_tasks(site), *_of_table(str(site["table"]))]
    widgets = [_chart(str(site["region"]), place, *chart) for place, chart in enumerate(charts)]
    if site["alarms"]:
        stem = str(site["alarm_arn"]).removesuffix("*")
        widgets.insert(0, _alarms([f"{stem}{name}" for name in site["alarms"]]))
    return {"start": "-PT3H", "periodOverride": "inherit", "widgets": widgets}


def _alarms(arns: Sequence[str]) -> Widget:
    properties = {"title": "Alarms", "alarms": sorted(arns), "sortBy": "stateUpdatedTimestamp"}
    return {"type": "alarm", "x": 0, "y": 0, "width": 3 * WIDTH, "height": 3, "properties": properties}


def _chart(region: str, place: int, title: str, unit: str, metrics: list[Metric]) -> Widget:
    """Return a chart in its place below the alarms, three in a row; a unit of none has no label."""
    return {
        "type": "metric",
        "x": place % 3 * WIDTH,
        "y": 3 + place // 3 * HEIGHT,
        "width": WIDTH,
        "height": HEIGHT,
        "properties": {
            "title": title,
            "region": region,
            "view": "timeSeries",
            "period": 60,
            "yAxis": {"left": {"min": 0, "label": unit, "showUnits": False}},
            "metrics": metrics,
        },
    }


def _of_requests(site: Mapping[str, Any]) -> list[tuple[str, str, list[Metric]]]:
    name = str(site["load_balancer_arn"]).rpartition(":loadbalancer/")[2]
    balancer = ["LoadBalancer", name]
    answers = [
        [BALANCING, metric, *balancer, {"stat": "Sum", "label": label}]
        for metric, label in (
            ("HTTPCode_Target_5XX_Count", "5xx of the application"),
            ("HTTPCode_ELB_5XX_Count", "5xx of the load balancer"),
            ("HTTPCode_Target_4XX_Count", "4xx of the application"),
        )
    ]
    latency: list[Metric] = [
        [BALANCING, "TargetResponseTime", *balancer, {"stat": stat, "label": stat}] for stat in ("p50", "p90", "p99")
    ]
    return [
        ("Requests", "a minute", [[BALANCING, "RequestCount", *balancer, {"stat": "Sum", "label": "requests"}]]),
        ("Errors", "a minute", answers),
        ("Time of an answer", "seconds", latency),
    ]


def _of_tasks(site: Mapping[str, Any]) -> list[tuple[str, str, list[Metric]]]:
    balancer = ["LoadBalancer", str(site["load_balancer_arn"]).rpartition(":loadbalancer/")[2]]
    tasks = ["ClusterName", site["cluster"], "ServiceName", site["service"]]
    hosts: list[Metric] = []
    for arn in site["target_group_arns"]:
        group = str(arn).rpartition(":")[2]
        stem = ["TargetGroup", group, *balancer]
        short = group.split("/")[1]
        hosts.append([BALANCING, "HealthyHostCount", *stem, {"stat": "Minimum", "label": f"healthy, {short}"}])
        hosts.append([BALANCING, "UnHealthyHostCount", *stem, {"stat": "Maximum", "label": f"unhealthy, {short}"}])
    if site["container_insights"] != "disabled":
        hosts.append([INSIGHTS, "RunningTaskCount", *tasks, {"stat": "Average", "label": "running"}])
        hosts.append([INSIGHTS, "DesiredTaskCount", *tasks, {"stat": "Average", "label": "desired"}])
    return [
        ("Tasks", "tasks", hosts),
        ("CPU of the tasks", "percent", [["AWS/ECS", "CPUUtilization", *tasks, {"stat": stat}] for stat in SPREAD]),
        (
            "Memory of the tasks",
            "percent",
            [["AWS/ECS", "MemoryUtilization", *tasks, {"stat": stat}] for stat in SPREAD],
        ),
    ]


def _of_table(table: str) -> list[tuple[str, str, list[Metric]]]:
    name = ["TableName", table]
    consumed: list[Metric] = [
        ["AWS/DynamoDB", f"Consumed{kind}CapacityUnits", *name, {"stat": "Sum", "label": f"{kind.lower()} units"}]
        for kind in ("Read", "Write")
    ]
    throttled: list[Metric] = [
        ["AWS/DynamoDB", f"{kind}ThrottleEvents", *name, {"stat": "Sum", "label": f"{kind.lower()}s throttled"}]
        for kind in ("Read", "Write")
    ]
    # Latency is measured of each operation.
    found = f'{{AWS/DynamoDB,TableName,Operation}} TableName="{table}" SuccessfulRequestLatency'
    search = f"SEARCH('{found}', 'p99', 60)"
    return [
        ("Capacity of the table", "a minute", consumed),
        ("Requests that the table throttled", "a minute", throttled),
        ("Time that the table takes, p99", "milliseconds", [[{"expression": search, "id": "latency"}]]),
    ]
