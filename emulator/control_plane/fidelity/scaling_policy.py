# SPDX-License-Identifier: GPL-3.0-or-later
"""Where moto's policies of Application Auto Scaling differ from AWS, for services of ECS, and what came of them."""

from __future__ import annotations

import json
import time
import uuid
from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend, FakeApplicationAutoscalingPolicy
from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.cloudwatch.models import cloudwatch_backends

ACTIVITIES_KEPT = 100
# https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DescribeScalingPolicies.html, and of activities.
PAGE = 50
# How many minutes make an alarm, and how far below the target the lower one is.
HIGH_MINUTES, LOW_MINUTES, LOW_SHARE = 3, 15, 0.9
UTILIZATION = {
    "ECSServiceAverageCPUUtilization": "CPUUtilization",
    "ECSServiceAverageMemoryUtilization": "MemoryUtilization",
}


def apply() -> None:
    """Install the patches."""
    _watch_the_target(FakeApplicationAutoscalingPolicy)
    _replace_alarms_with_their_policy(ApplicationAutoscalingBackend)
    _list_those_of_the_target(ApplicationAutoscalingBackend)
    _tell_activities(ApplicationAutoScalingResponse)


def _watch_the_target(policy_class: Any) -> None:
    """AWS: two alarms, above the target for 3 minutes and below nine tenths of it for 15. moto: alarms at 6 percent."""

    def generate_ecs_alarms(policy: Any) -> list[Any]:
        target = float((policy.target_tracking_scaling_policy_configuration or {})["TargetValue"])
        return [
            _alarm(policy, "High", "GreaterThanThreshold", HIGH_MINUTES, target),
            _alarm(policy, "Low", "LessThanThreshold", LOW_MINUTES, target * LOW_SHARE),
        ]

    policy_class._generate_ecs_alarms = generate_ecs_alarms


def _alarm(policy: Any, end: str, comparison: str, minutes: int, threshold: float) -> Any:
    action = f"{policy.policy_arn}:createdBy/{uuid.uuid4()}"
    return cloudwatch_backends[policy.account_id][policy.region_name].put_metric_alarm(
        name=f"TargetTracking-{policy.resource_id}-Alarm{end}-{uuid.uuid4()}",
        metric_data_queries=[],
        comparison_operator=comparison,
        evaluation_periods=minutes,
        period=60,
        threshold=threshold,
        description=f"DO NOT EDIT OR DELETE. For TargetTrackingScaling policy {policy.policy_arn}.",
        alarm_actions=[action],
        **_metric(policy),
    )


def _metric(policy: Any) -> dict[str, Any]:
    """Return what a policy looks at, which the ends of two ARNs say of requests."""
    specification = policy.target_tracking_scaling_policy_configuration["PredefinedMetricSpecification"]
    if name := UTILIZATION.get(specification["PredefinedMetricType"]):
        _, cluster, service = policy.resource_id.split("/")
        dimensions = {"ClusterName": cluster, "ServiceName": service}
        found = {"namespace": "AWS/ECS", "metric_name": name, "statistic": "Average", "unit": "Percent"}
    else:
        balancer, _, group = specification["ResourceLabel"].partition("/targetgroup/")
        dimensions = {"LoadBalancer": balancer, "TargetGroup": f"targetgroup/{group}"}
        found = {"namespace": "AWS/ApplicationELB", "metric_name": "RequestCountPerTarget", "statistic": "Sum"}
    return {**found, "dimensions": [{"Name": name, "Value": value} for name, value in dimensions.items()]}


def _replace_alarms_with_their_policy(backend_class: Any) -> None:
    """AWS: a policy that is put again has two alarms, as before. moto: leaves the earlier ones besides."""
    original = backend_class.put_scaling_policy

    def put_scaling_policy(backend: Any, policy_name: str, *place: str, **content: Any) -> Any:
        before = set(backend.policies.values())
        made = original(backend, policy_name, *place, **content)
        for gone in before - set(backend.policies.values()):
            gone.delete_alarms(backend.account_id, backend.region_name)
        return made

    backend_class.put_scaling_policy = put_scaling_policy


def _list_those_of_the_target(backend_class: Any) -> None:
    """AWS: lists the policies of the resource that is named. moto: those of each whose name is part of that, too."""
    place = ("service_namespace", "resource_id", "scalable_dimension")

    def describe_scaling_policies(backend: Any, **asked: Any) -> tuple[str | None, list[Any]]:
        wanted = {name: asked[name] for name in place if asked[name]}.items()
        found = [one for one in backend.policies.values() if wanted <= vars(one).items()]
        page, rest = _page(found, asked["next_token"], asked["max_results"])
        return rest, page

    backend_class.describe_scaling_policies = describe_scaling_policies


def _tell_activities(response_class: Any) -> None:
    """AWS: tells what was scaled and why. moto: does not know the action."""

    def describe_scaling_activities(response: Any) -> str:
        wanted = {name: response._get_param(name) for name in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        known = getattr(response.applicationautoscaling_backend, "activities", [])
        asked = {name: value for name, value in wanted.items() if value}.items()
        found = [one for one in known if asked <= one.items()]
        page, rest = _page(found, response._get_param("NextToken"), response._get_int_param("MaxResults"))
        return json.dumps({"ScalingActivities": page, **({"NextToken": rest} if rest else {})})

    response_class.describe_scaling_activities = describe_scaling_activities


def _page(found: list[Any], token: str | None, most: int | None) -> tuple[list[Any], str | None]:
    """Return a page, and the token of the next one if there is more."""
    start = int(token or 0)
    end = start + (most or PAGE)
    return found[start:end], str(end) if len(found) > end else None


def note(backend: Any, target: Any, what: str, cause: str) -> None:
    """Note that something was set, the newest first."""
    activity = {
        "ActivityId": str(uuid.uuid4()),
        "ServiceNamespace": target.service_namespace,
        "ResourceId": target.resource_id,
        "ScalableDimension": target.scalable_dimension,
        "Description": f"Setting {what}.",
        "Cause": cause,
        "StartTime": time.time(),
        "EndTime": time.time(),
        "StatusCode": "Successful",
        "StatusMessage": f"Successfully set {what}. Change successfully fulfilled by ecs.",
    }
    backend.activities = [activity, *getattr(backend, "activities", [])][:ACTIVITIES_KEPT]
