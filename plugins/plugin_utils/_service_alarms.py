# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Form the alarms of a service behind a load balancer: a pure function over plain data.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
https://docs.aws.amazon.com/AmazonECS/latest/developerguide/available-metrics.html
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

Alarm = dict[str, Any]
BALANCING = "AWS/ApplicationELB"
INSIGHTS = "ECS/ContainerInsights"
# Of fewer requests in a minute, a single failure would be a high percentage.
FEWEST_REQUESTS = 20
BELOW = "LessThanThreshold"
# Nobody asked, so nothing failed.
QUIET = "notBreaching"


def service_alarms(service: Mapping[str, Any], limits: Mapping[str, Any]) -> list[Alarm]:
    """Return the alarms of a service, as the module cloudwatch_alarms takes them.

    The service has cluster, service, load_balancer_arn, target_group_arns, container_insights and, if it shares the
    load balancer of another one, load_balancer_owned as false; the limits are error_percent, latency,
    load_balancer_errors and utilization_percent. Deployments that change the target group move requests from one to
    the other, so what concerns targets is the sum over all of them.
    """
    balancer = {"LoadBalancer": str(service["load_balancer_arn"]).rpartition(":loadbalancer/")[2]}
    groups = [{**balancer, "TargetGroup": str(arn).rpartition(":")[2]} for arn in service["target_group_arns"]]
    tasks = {"ClusterName": service["cluster"], "ServiceName": service["service"]}
    alarms = [*_of_targets(groups, limits), _of_latency(groups[0] if len(groups) == 1 else balancer, limits)]
    alarms += [_of_balancer(balancer, limits)] if service.get("load_balancer_owned", True) else []
    alarms += [_of_utilization(kind, tasks, limits) for kind in ("CPU", "Memory")]
    # Only Container Insights tell how many tasks run.
    return alarms if service["container_insights"] == "disabled" else [*alarms, _of_count(tasks)]


def _of_targets(groups: Sequence[Mapping[str, str]], limits: Mapping[str, Any]) -> Iterator[Alarm]:
    failed, failures = _total("failed", groups, "HTTPCode_Target_5XX_Count", "Sum")
    asked, requests = _total("asked", groups, "RequestCount", "Sum")
    ratio = f"IF({asked} >= {FEWEST_REQUESTS}, 100 * {failed} / {asked}, 0)"
    yield {
        "name": "errors",
        "description": f"{limits['error_percent']} percent of the requests fail in the application",
        "metrics": [*failures, *requests, _result(ratio, "Failed requests in percent")],
        "threshold": limits["error_percent"],
        "evaluation_periods": 4,
        "datapoints": 3,
        "missing_data": QUIET,
    }
    bad, unhealthy = _total("bad", groups, "UnHealthyHostCount", "Maximum")
    yield {
        "name": "unhealthy-tasks",
        "description": "A task does not answer the health check, and is not replaced by one that does",
        "metrics": [*unhealthy, _result(bad, "Unhealthy tasks")],
        "threshold": 1,
        "evaluation_periods": 6,
        "datapoints": 5,
        "missing_data": QUIET,
    }
    good, healthy = _total("good", groups, "HealthyHostCount", "Maximum")
    yield {
        "name": "no-healthy-task",
        "description": "No task answers the health check: nobody is served",
        "metrics": [*healthy, _result(good, "Healthy tasks")],
        "threshold": 1,
        "comparison": BELOW,
        "evaluation_periods": 3,
        "datapoints": 2,
        # Without any target there is no metric.
        "missing_data": "breaching",
    }


def _total(
    stem: str, groups: Sequence[Mapping[str, str]], metric: str, statistic: str
) -> tuple[str, list[dict[str, Any]]]:
    """Return the expression of a sum over target groups, and its metrics.

    A group without targets or requests has no metric, and anything plus nothing is nothing; so with several groups
    each is filled. FILL also fills the last minute, whose data is on its way: the alarms are of M points out of N.
    https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/using-metric-math.html
    """
    metrics = [
        {"id": f"{stem}{place}", "namespace": BALANCING, "metric": metric, "statistic": statistic, "dimensions": group}
        for place, group in enumerate(groups)
    ]
    if len(metrics) == 1:
        return str(metrics[0]["id"]), metrics
    filled = [f"FILL({one['id']}, 0)" for one in metrics]
    return f"({' + '.join(filled)})", metrics


def _result(expression: str, label: str) -> dict[str, Any]:
    return {"id": "result", "expression": expression, "label": label}


def _of_latency(place: Mapping[str, str], limits: Mapping[str, Any]) -> Alarm:
    """Return the alarm of slow answers of a target group, or of all of a load balancer: percentiles cannot be added."""
    return {
        "name": "latency",
        "description": f"One of a hundred requests takes the application {limits['latency']} s or longer",
        "namespace": BALANCING,
        "metric": "TargetResponseTime",
        "dimensions": dict(place),
        "statistic": "p99",
        "few_samples": "ignore",
        "threshold": limits["latency"],
        "evaluation_periods": 5,
        "datapoints": 3,
        "missing_data": QUIET,
    }


def _of_balancer(balancer: Mapping[str, str], limits: Mapping[str, Any]) -> Alarm:
    return {
        "name": "load-balancer-errors",
        "description": "The load balancer answers in place of the application, which it does not reach or understand",
        "namespace": BALANCING,
        "metric": "HTTPCode_ELB_5XX_Count",
        "dimensions": dict(balancer),
        "statistic": "Sum",
        "threshold": limits["load_balancer_errors"],
        "evaluation_periods": 3,
        "missing_data": QUIET,
    }


def _of_utilization(kind: str, tasks: Mapping[str, str], limits: Mapping[str, Any]) -> Alarm:
    return {
        "name": kind.lower(),
        "description": f"Tasks use {limits['utilization_percent']} percent of their {kind}, and scaling did not help",
        "namespace": "AWS/ECS",
        "metric": f"{kind}Utilization",
        "dimensions": dict(tasks),
        "statistic": "Average",
        "threshold": limits["utilization_percent"],
        "evaluation_periods": 10,
        "missing_data": QUIET,
    }


def _of_count(tasks: Mapping[str, str]) -> Alarm:
    metrics = [
        {"id": name, "namespace": INSIGHTS, "metric": metric, "statistic": "Average", "dimensions": dict(tasks)}
        for name, metric in (("desired", "DesiredTaskCount"), ("running", "RunningTaskCount"))
    ]
    return {
        "name": "missing-tasks",
        "description": "Fewer tasks run than should: they do not start, or do not stay",
        "metrics": [*metrics, _result("desired - running", "Missing tasks")],
        "threshold": 1,
        # Longer than a deployment or a scaling takes to start its tasks.
        "evaluation_periods": 15,
        "missing_data": "missing",
    }
