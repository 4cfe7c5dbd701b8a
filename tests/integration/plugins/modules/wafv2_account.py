# SPDX-License-Identifier: GPL-3.0-or-later
"""Web ACLs and load balancers for the tests of what belongs to them."""

from __future__ import annotations

from tests.integration.plugins.modules.aws_account import REGION, AwsAccount

VISIBILITY = {"SampledRequestsEnabled": True, "CloudWatchMetricsEnabled": True, "MetricName": "shop"}


def make_web_acl(aws: AwsAccount, name: str) -> str:
    """Return the ARN of a new web ACL that allows everything."""
    made = aws.client("wafv2").create_web_acl(
        Name=name, Scope="REGIONAL", DefaultAction={"Allow": {}}, VisibilityConfig=VISIBILITY
    )
    aws.written()
    return str(made["Summary"]["ARN"])


def make_balancer(aws: AwsAccount, name: str) -> str:
    """Return the ARN of a new Application Load Balancer in a VPC of its own."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")
        for number, zone in enumerate("ab")
    ]
    ids = [one["Subnet"]["SubnetId"] for one in subnets]
    made = aws.client("elbv2").create_load_balancer(Name=name, Subnets=ids)["LoadBalancers"][0]["LoadBalancerArn"]
    aws.written()
    return str(made)
