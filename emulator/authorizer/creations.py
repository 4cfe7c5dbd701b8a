# SPDX-License-Identifier: GPL-3.0-or-later
"""What making something asks of who makes it, besides the permission to make it.

Tags that come with a request are a permission of their own; a service may look at what it is given in the caller's
name; and the first load balancer or cluster of an account makes the role of its service. EC2's tags are in `ec2_calls`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from emulator.authorizer.call import Need
from emulator.authorizer.inventory import Inventory
from emulator.settings import ACCOUNT_ID, REGION

# The action that tags, by that which makes: "Dependent actions" of the Service Authorization Reference.
TAGGED: Mapping[str, str] = {
    "acm:ImportCertificate": "acm:AddTagsToCertificate",
    "acm:RequestCertificate": "acm:AddTagsToCertificate",
    "application-autoscaling:RegisterScalableTarget": "application-autoscaling:TagResource",
    "backup:CreateBackupPlan": "backup:TagResource",
    "backup:CreateBackupVault": "backup:TagResource",
    "cloudwatch:PutMetricAlarm": "cloudwatch:TagResource",
    "dynamodb:CreateTable": "dynamodb:TagResource",
    "ecr:CreateRepository": "ecr:TagResource",
    "ecs:CreateCluster": "ecs:TagResource",
    "ecs:CreateService": "ecs:TagResource",
    "ecs:RegisterTaskDefinition": "ecs:TagResource",
    "ecs:RunTask": "ecs:TagResource",
    "elasticloadbalancing:CreateListener": "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateLoadBalancer": "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateRule": "elasticloadbalancing:AddTags",
    "elasticloadbalancing:CreateTargetGroup": "elasticloadbalancing:AddTags",
    "iam:CreatePolicy": "iam:TagPolicy",
    "iam:CreateRole": "iam:TagRole",
    "kms:CreateKey": "kms:TagResource",
    "logs:CreateLogGroup": "logs:TagResource",
    "sns:CreateTopic": "sns:TagResource",
    "wafv2:CreateWebACL": "wafv2:TagResource",
}
# Where it is told apart whether tags come with the making: ecs:CreateAction and the like.
TELLS_CREATION = frozenset({"ecs", "elasticloadbalancing"})

# What is made within another thing, whose ARN the request has: the types of both. A rule is tagged, not its listener.
BELOW: Mapping[str, tuple[str, str]] = {
    "elasticloadbalancing:CreateListener": ("loadbalancer", "listener"),
    "elasticloadbalancing:CreateRule": ("listener", "listener-rule"),
}

_SEEN_BY_A_BALANCER = ("AccountAttributes", "Addresses", "InternetGateways", "SecurityGroups", "Subnets", "Vpcs")
_OF_A_LOG = ("logs:CreateLogDelivery", "logs:DeleteLogDelivery")
# elasticloadbalancing/latest/userguide/elb-api-permissions; the dependent actions of ec2:CreateVpcEndpoint and of
# wafv2:AssociateWebACL; waf/latest/developerguide/logging-cw-logs; vpc/latest/userguide/flow-logs-iam-role.
BESIDES: Mapping[str, tuple[str, ...]] = {
    "ec2:CreateVpcEndpoint": ("ec2:DescribeSecurityGroups", "ec2:DescribeSubnets", "ec2:DescribeVpcs"),
    "elasticloadbalancing:CreateLoadBalancer": tuple(f"ec2:Describe{seen}" for seen in _SEEN_BY_A_BALANCER),
    "elasticloadbalancing:CreateTargetGroup": ("ec2:DescribeInternetGateways", "ec2:DescribeVpcs"),
    "elasticloadbalancing:SetSubnets": ("ec2:DescribeSubnets",),
    "ec2:CreateFlowLogs": _OF_A_LOG,
    "wafv2:PutLoggingConfiguration": (
        *_OF_A_LOG,
        *("logs:PutResourcePolicy", "logs:DescribeResourcePolicies", "logs:DescribeLogGroups"),
    ),
}
# Asked for where a web ACL is given to a load balancer or taken from it; it knows no resource.
ON_THE_BALANCER = {"wafv2:AssociateWebACL": "elasticloadbalancing:SetWebAcl"}
ON_THE_BALANCER["wafv2:DisassociateWebACL"] = "elasticloadbalancing:SetWebAcl"

# IAM/latest/UserGuide/reference_aws-services-that-work-with-iam, and each service's page about its role.
_ECS = ("ecs.amazonaws.com", "AWSServiceRoleForECS")
# autoscaling/application/userguide/application-auto-scaling-service-linked-roles: one for each service that is scaled.
SCALED = {"ecs": "ECSService", "dynamodb": "DynamoDBTable"}
SCALING_ROLE = "AWSServiceRoleForApplicationAutoScaling"
NAMESPACE = "application-autoscaling:service-namespace"
SERVICE_ROLES: Mapping[str, tuple[str, str]] = {
    "ecs:CreateCluster": _ECS,
    "ecs:CreateService": _ECS,
    "elasticloadbalancing:CreateLoadBalancer": (
        "elasticloadbalancing.amazonaws.com",
        "AWSServiceRoleForElasticLoadBalancing",
    ),
    "wafv2:PutLoggingConfiguration": ("wafv2.amazonaws.com", "AWSServiceRoleForWAFV2Logging"),
}


def of(need: Need, inventory: Inventory) -> Iterator[Need]:
    """Return what else has to be allowed for an action on a resource."""
    yield from _tags(need)
    yield from (Need(action) for action in BESIDES.get(need.action, ()))
    if ":loadbalancer/" in need.resource and (action := ON_THE_BALANCER.get(need.action)):
        yield Need(action)
    if need.action == "ec2:CreateVpcEndpoint":
        # The zone of the endpoint's private names is AWS's own.
        yield Need("route53:AssociateVPCWithHostedZone", "arn:aws:route53:::hostedzone/*")
    if role := _role_of_a_service(need):
        yield from _service_role(*role, inventory)


def _tags(need: Need) -> Iterator[Need]:
    tags = {key: values for key, values in need.context.items() if key.startswith(("aws:requesttag/", "aws:tagkeys"))}
    action = TAGGED.get(need.action)
    if not action or not tags:
        return
    service, _, operation = need.action.partition(":")
    creation = {f"{service}:createaction": (operation,)} if service in TELLS_CREATION else {}
    yield Need(action, _tagged(need), {**tags, **creation})


def _tagged(need: Need) -> str:
    """Return what gets the tags: keys, certificates and tasks have no id before they are made, and groups no stream."""
    if need.action == "kms:CreateKey":
        return f"arn:aws:kms:{REGION}:{ACCOUNT_ID}:key/*"
    if need.action == "acm:RequestCertificate":
        return f"arn:aws:acm:{REGION}:{ACCOUNT_ID}:certificate/*"
    if need.action == "ecs:RunTask":
        cluster = next(iter(need.context.get("ecs:cluster", ())), "default").rpartition("/")[2]
        return f"arn:aws:ecs:{REGION}:{ACCOUNT_ID}:task/{cluster}/*"
    if need.action in BELOW:
        within, made = BELOW[need.action]
        return f"{need.resource.replace(f':{within}/', f':{made}/')}/*"
    return need.resource.partition(":log-stream:")[0]


def _role_of_a_service(need: Need) -> tuple[str, str] | None:
    """Return which service needs its role for an action, and the role's name."""
    if need.action != "application-autoscaling:RegisterScalableTarget":
        return SERVICE_ROLES.get(need.action)
    namespace = next(iter(need.context.get(NAMESPACE, ())), "")
    if namespace not in SCALED:
        return None
    return f"{namespace}.application-autoscaling.amazonaws.com", f"{SCALING_ROLE}_{SCALED[namespace]}"


def _service_role(service: str, name: str, inventory: Inventory) -> Iterator[Need]:
    if inventory.role_arn(name) is None:
        arn = f"arn:aws:iam::{ACCOUNT_ID}:role/aws-service-role/{service}/{name}"
        yield Need("iam:CreateServiceLinkedRole", arn, {"iam:awsservicename": (service,)})
