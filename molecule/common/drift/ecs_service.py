# SPDX-License-Identifier: GPL-3.0-or-later
"""Keep the logs of the tasks for a day only, and have the load balancer let invalid headers pass."""

import boto3

logs, balancing = boto3.client("logs"), boto3.client("elbv2")

logs.put_retention_policy(logGroupName="/ecs/shop-local", retentionInDays=1)

(balancer,) = balancing.describe_load_balancers(Names=["shop-local"])["LoadBalancers"]
balancing.modify_load_balancer_attributes(
    LoadBalancerArn=balancer["LoadBalancerArn"],
    Attributes=[{"Key": "routing.http.drop_invalid_header_fields.enabled", "Value": "false"}],
)
