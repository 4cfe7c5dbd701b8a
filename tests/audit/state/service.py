# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the service, what scales it, what balances its load, and what watches it."""

from __future__ import annotations

from typing import Any

from tests.audit.state.reading import Clients, Item, State, if_there, pages

CLUSTER_DETAILS = ["SETTINGS", "CONFIGURATIONS", "TAGS"]


def read(clients: Clients) -> State:
    """Return clusters, services with the task definitions that they run, and their scaling."""
    ecs, scaling = clients("ecs"), clients("application-autoscaling")
    clusters = ecs.describe_clusters(clusters=pages(ecs, "list_clusters", "clusterArns"), include=CLUSTER_DETAILS)
    services = [service for cluster in clusters["clusters"] for service in _services(ecs, cluster["clusterArn"])]
    targets = pages(scaling, "describe_scalable_targets", "ScalableTargets", ServiceNamespace="ecs")
    policies = pages(scaling, "describe_scaling_policies", "ScalingPolicies", ServiceNamespace="ecs")
    definitions = sorted({service["taskDefinition"] for service in services})
    return {
        "clusters": clusters["clusters"],
        "services": services,
        "task_definitions": [ecs.describe_task_definition(taskDefinition=arn)["taskDefinition"] for arn in definitions],
        "scalable_targets": targets,
        "scaling_policies": policies,
        **_load_balancing(clients("elbv2")),
        **_web_acls(clients("wafv2")),
        **_watching(clients),
    }


def _services(ecs: Any, cluster: str) -> list[Item]:
    arns = pages(ecs, "list_services", "serviceArns", cluster=cluster)
    if not arns:
        return []
    return list(ecs.describe_services(cluster=cluster, services=arns, include=["TAGS"])["services"])


def _load_balancing(elbv2: Any) -> State:
    balancers = pages(elbv2, "describe_load_balancers", "LoadBalancers")
    groups = pages(elbv2, "describe_target_groups", "TargetGroups")
    return {
        "load_balancers": [
            item | _attributes(elbv2.describe_load_balancer_attributes(LoadBalancerArn=item["LoadBalancerArn"]))
            for item in balancers
        ],
        "listeners": [
            listener
            for item in balancers
            for listener in pages(elbv2, "describe_listeners", "Listeners", LoadBalancerArn=item["LoadBalancerArn"])
        ],
        "target_groups": [
            item | _attributes(elbv2.describe_target_group_attributes(TargetGroupArn=item["TargetGroupArn"]))
            for item in groups
        ],
    }


def _attributes(answer: Item) -> Item:
    return {"Attributes": answer["Attributes"]}


def _web_acls(wafv2: Any) -> State:
    summaries = wafv2.list_web_acls(Scope="REGIONAL")["WebACLs"]
    acls = [
        wafv2.get_web_acl(Name=item["Name"], Id=item["Id"], Scope="REGIONAL")["WebACL"]
        | {"Scope": "REGIONAL"}
        | {"ResourceArns": wafv2.list_resources_for_web_acl(WebACLArn=item["ARN"])["ResourceArns"]}
        for item in summaries
    ]
    logging = [configuration for item in summaries if (configuration := _logging(wafv2, item["ARN"]))]
    return {"web_acls": acls, "web_acl_logging": logging}


def _logging(wafv2: Any, arn: str) -> Item | None:
    answer = if_there(lambda: wafv2.get_logging_configuration(ResourceArn=arn), "WAFNonexistentItemException")
    return answer["LoggingConfiguration"] if answer else None


def _watching(clients: Clients) -> State:
    logs, sns, cloudwatch = clients("logs"), clients("sns"), clients("cloudwatch")
    return {
        "log_groups": pages(logs, "describe_log_groups", "logGroups"),
        "topics": [
            sns.get_topic_attributes(TopicArn=topic["TopicArn"])["Attributes"]
            for topic in pages(sns, "list_topics", "Topics")
        ],
        "alarms": pages(cloudwatch, "describe_alarms", "MetricAlarms"),
    }
