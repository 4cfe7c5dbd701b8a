# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the service, the load balancer and what watches them."""

from __future__ import annotations

import json
from typing import Any

from tests.audit.state.reading import Clients, State

CARELESS = {
    "access_logs.s3.enabled": "false",
    "deletion_protection.enabled": "false",
    "routing.http.drop_invalid_header_fields.enabled": "false",
    "routing.http.desync_mitigation_mode": "monitor",
}


def break_service(clients: Clients, state: State) -> None:
    """Add a service that may do everything, open the load balancer, and switch off what watches."""
    _break_tasks(clients("ecs"), state)
    _break_balancer(clients("elbv2"), state)
    _break_web_acls(clients("wafv2"), state)
    _break_scaling(clients("application-autoscaling"), state)
    _break_watching(clients, state)


def _break_tasks(ecs: Any, state: State) -> None:
    cluster, role = state["clusters"][0]["clusterName"], state["roles"][0]["Arn"]
    ecs.update_cluster(cluster=cluster, settings=[{"name": "containerInsights", "value": "disabled"}])
    container = {
        "name": "twin",
        "image": "registry.example/anything:latest",
        "user": "0",
        "privileged": True,
        "readonlyRootFilesystem": False,
        # No key of anybody's: drawn by lot, in the shape that tools look for.
        "environment": [
            {"name": "AWS_ACCESS_KEY_ID", "value": "AKIAQ3EGRIF7ZL5DTQ2M"},
            {"name": "AWS_SECRET_ACCESS_KEY", "value": "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"},
        ],
    }
    blocking = {"logDriver": "awslogs", "options": {"awslogs-group": "/twin", "mode": "blocking"}}
    common = {"taskRoleArn": role, "executionRoleArn": role, "cpu": "256", "memory": "512"}
    root = {key: container[key] for key in ("name", "image")}
    ecs.register_task_definition(
        family="twin-host", networkMode="host", pidMode="host", containerDefinitions=[container, root], **common
    )
    made = ecs.register_task_definition(
        family="twin",
        networkMode="awsvpc",
        requiresCompatibilities=["FARGATE"],
        containerDefinitions=[container | {"logConfiguration": blocking}],
        **common,
    )
    # It has no tasks: what is judged is what was asked for.
    ecs.create_service(
        cluster=cluster,
        serviceName="twin",
        taskDefinition=made["taskDefinition"]["taskDefinitionArn"],
        desiredCount=0,
        launchType="FARGATE",
        platformVersion="1.3.0",
        enableExecuteCommand=True,
        networkConfiguration={
            "awsvpcConfiguration": {
                "subnets": [state["subnets"][0]["SubnetId"]],
                "securityGroups": [state["security_groups"][0]["GroupId"]],
                "assignPublicIp": "ENABLED",
            }
        },
    )


def _break_balancer(elbv2: Any, state: State) -> None:
    balancer, vpc_id = state["load_balancers"][0]["LoadBalancerArn"], state["vpcs"][0]["VpcId"]
    pairs = [{"Key": key, "Value": value} for key, value in CARELESS.items()]
    elbv2.modify_load_balancer_attributes(LoadBalancerArn=balancer, Attributes=pairs)
    for listener in state["listeners"]:
        elbv2.modify_listener(ListenerArn=listener["ListenerArn"], SslPolicy="ELBSecurityPolicy-2016-08")
    group = elbv2.create_target_group(Name="twin", Protocol="HTTP", Port=80, VpcId=vpc_id, TargetType="ip")
    forward = [{"Type": "forward", "TargetGroupArn": group["TargetGroups"][0]["TargetGroupArn"]}]
    elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=80, DefaultActions=forward)


def _break_web_acls(wafv2: Any, state: State) -> None:
    for acl in state["web_acls"]:
        for resource in acl["ResourceArns"]:
            wafv2.disassociate_web_acl(ResourceArn=resource)
    for logging in state["web_acl_logging"]:
        wafv2.delete_logging_configuration(ResourceArn=logging["ResourceArn"])
    quiet = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "twin"}
    wafv2.create_web_acl(Name="twin", Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=quiet, Rules=[])


def _break_scaling(scaling: Any, state: State) -> None:
    for target in state["scalable_targets"]:
        same = {key: target[key] for key in ("ServiceNamespace", "ResourceId", "ScalableDimension")}
        scaling.register_scalable_target(**same, MinCapacity=1, MaxCapacity=1)


def _break_watching(clients: Clients, state: State) -> None:
    clients("logs").create_log_group(logGroupName="/twin")
    clients("cloudwatch").put_metric_alarm(
        AlarmName="twin",
        MetricName="CPUUtilization",
        Namespace="AWS/ECS",
        Statistic="Average",
        Period=60,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanThreshold",
        ActionsEnabled=False,
    )
    topic = clients("sns").create_topic(Name="twin")["TopicArn"]
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "sns:*", "Resource": topic}
    policy = json.dumps({"Version": "2012-10-17", "Statement": [statement]})
    clients("sns").set_topic_attributes(TopicArn=topic, AttributeName="Policy", AttributeValue=policy)
