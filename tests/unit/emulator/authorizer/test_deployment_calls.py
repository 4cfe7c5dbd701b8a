# SPDX-License-Identifier: GPL-3.0-or-later
"""What who deploys asks for: resources of EC2 with their tags, others by their names, and what comes besides."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import pytest

from emulator.authorizer import creations
from emulator.authorizer.asked import Asked
from emulator.authorizer.call import HttpRequest, Need
from emulator.authorizer.policy import Principal, Request
from emulator.authorizer.reading import read_call
from emulator.settings import REGION
from tests.unit.emulator.authorizer.authorizer_world import FakeInventory

HERE = f"{REGION}:123456789012"
EC2 = f"arn:aws:ec2:{HERE}"
IAM = "arn:aws:iam::123456789012"
BALANCERS = f"arn:aws:elasticloadbalancing:{HERE}"
BOUNDARY = f"{IAM}:policy/shop-boundary"
TAGS = {"aws:requesttag/palisade:stack": ("shop",), "aws:tagkeys": ("palisade:stack",)}


@dataclass
class Inventory(FakeInventory):
    """Associations of subnets, and roles."""

    roles: Mapping[str, str] = field(default_factory=dict)

    def associated(self, association: str) -> tuple[str, ...]:
        return {"aclassoc-1": ("subnet-1",), "rtbassoc-1": ("rtb-1", "subnet-1")}.get(association, ())

    def role_arn(self, name: str) -> str | None:
        return self.roles.get(name)

    def role_boundary(self, name: str) -> str | None:
        return BOUNDARY if name == "shop-task" else None


def form(service: str, operation: str, **parameters: str) -> tuple[set[tuple[str, str]], bool]:
    call = read_call(query(service, operation, parameters), Inventory())
    return {(need.action, need.resource) for need in call.needs}, call.understood


def query(service: str, operation: str, parameters: Mapping[str, str]) -> HttpRequest:
    body = urlencode({"Action": operation, **parameters}).encode()
    headers = {"content-type": "application/x-www-form-urlencoded"}
    return HttpRequest(service, REGION, "POST", "", "/", headers=headers, body=body)


def needs(service: str, operation: str, body: Mapping[str, Any]) -> tuple[Need, ...]:
    headers = {"x-amz-target": f"Target.{operation}", "content-type": "application/x-amz-json-1.1"}
    http = HttpRequest(service, REGION, "POST", "", "/", headers=headers, body=json.dumps(body).encode())
    call = read_call(http, Inventory())
    assert call.understood
    return call.needs


TAGGED = {
    "TagSpecification.1.ResourceType": "subnet",
    "TagSpecification.1.Tag.1.Key": "palisade:stack",
    "TagSpecification.1.Tag.1.Value": "shop",
}


def test_what_ec2_makes_has_the_tags_of_the_request_and_where_it_is_made_has_not() -> None:
    http = query("ec2", "CreateSubnet", {"VpcId": "vpc-1", "CidrBlock": "10.0.0.0/24", **TAGGED})
    assert set(map(repr, read_call(http, Inventory()).needs)) == {
        repr(Need("ec2:CreateSubnet", f"{EC2}:vpc/vpc-1")),
        repr(Need("ec2:CreateSubnet", f"{EC2}:subnet/*", TAGS)),
        repr(Need("ec2:CreateTags", f"{EC2}:subnet/*", {**TAGS, "ec2:createaction": ("CreateSubnet",)})),
    }


@pytest.mark.parametrize(
    ("operation", "parameters", "resources"),
    [
        ("DescribeVpcs", {"VpcId.1": "vpc-1"}, {"*"}),
        ("DescribeVpcAttribute", {"VpcId": "vpc-1", "Attribute": "enableDnsSupport"}, {f"{EC2}:vpc/vpc-1"}),
        ("DeleteVpcEndpoints", {"VpcEndpointId.1": "vpce-1"}, {f"{EC2}:vpc-endpoint/vpce-1"}),
        # The gateway that a route leads to is not asked for.
        ("CreateRoute", {"RouteTableId": "rtb-1", "NatGatewayId": "nat-1"}, {f"{EC2}:route-table/rtb-1"}),
        (
            "ReplaceNetworkAclAssociation",
            {"AssociationId": "aclassoc-1", "NetworkAclId": "acl-1"},
            {f"{EC2}:network-acl/acl-1", f"{EC2}:subnet/subnet-1"},
        ),
        (
            "DisassociateRouteTable",
            {"AssociationId": "rtbassoc-1"},
            {f"{EC2}:route-table/rtb-1", f"{EC2}:subnet/subnet-1"},
        ),
        # Nor the group that a rule names.
        (
            "AuthorizeSecurityGroupIngress",
            {"GroupId": "sg-1", "IpPermissions.1.Groups.1.GroupId": "sg-2"},
            {f"{EC2}:security-group/sg-1"},
        ),
        ("CreateFlowLogs", {"ResourceId.1": "vpc-1"}, {f"{EC2}:vpc/vpc-1", f"{EC2}:vpc-flow-log/*"}),
    ],
)
def test_ec2_is_asked_for_what_a_request_is_about(
    operation: str, parameters: dict[str, str], resources: set[str]
) -> None:
    assert form("ec2", operation, **parameters) == ({(f"ec2:{operation}", one) for one in resources}, True)


def test_what_is_not_known_of_ec2_is_not_understood() -> None:
    for operation in ("RunInstances", "DescribeInstanceAttribute", "DeleteVpc"):
        assert form("ec2", operation, InstanceId="i-1") == ({(f"ec2:{operation}", "*")}, False)


@pytest.mark.parametrize(
    ("service", "operation", "parameters", "resource"),
    [
        ("iam", "GetRole", {"RoleName": "shop"}, f"{IAM}:role/shop"),
        ("iam", "CreateRole", {"RoleName": "shop", "Path": "/a/"}, f"{IAM}:role/a/shop"),
        ("iam", "CreatePolicy", {"PolicyName": "shop"}, f"{IAM}:policy/shop"),
        ("iam", "GetPolicy", {"PolicyArn": BOUNDARY}, BOUNDARY),
        ("iam", "ListPolicies", {}, "*"),
        ("elasticloadbalancing", "CreateLoadBalancer", {"Name": "shop"}, f"{BALANCERS}:loadbalancer/app/shop/*"),
        ("elasticloadbalancing", "CreateTargetGroup", {"Name": "shop"}, f"{BALANCERS}:targetgroup/shop/*"),
        ("elasticloadbalancing", "DescribeRules", {"ListenerArn": "x"}, "*"),
        ("elasticloadbalancing", "AddTags", {"ResourceArns.member.1": f"{BALANCERS}:x"}, f"{BALANCERS}:x"),
        ("sns", "ListTopics", {}, "*"),
        ("sns", "CreateTopic", {"Name": "shop"}, f"arn:aws:sns:{HERE}:shop"),
        ("sns", "Unsubscribe", {"SubscriptionArn": f"arn:aws:sns:{HERE}:shop:1"}, f"arn:aws:sns:{HERE}:shop"),
    ],
)
def test_query_protocols_name_resources(
    service: str, operation: str, parameters: dict[str, str], resource: str
) -> None:
    assert form(service, operation, **parameters) == ({(f"{service}:{operation}", resource)}, True)


@pytest.mark.parametrize(
    ("service", "operation", "body", "resources"),
    [
        ("ecs", "CreateCluster", {"clusterName": "shop"}, [f"arn:aws:ecs:{HERE}:cluster/shop"]),
        ("ecs", "UpdateService", {"cluster": "a", "service": "b"}, [f"arn:aws:ecs:{HERE}:service/a/b"]),
        ("ecs", "RegisterTaskDefinition", {"family": "a"}, [f"arn:aws:ecs:{HERE}:task-definition/a:*"]),
        ("ecs", "DescribeTaskDefinition", {"taskDefinition": "a"}, ["*"]),
        ("ecs", "RunTask", {"cluster": "a", "taskDefinition": "b:3"}, [f"arn:aws:ecs:{HERE}:task-definition/b:3"]),
        ("ecs", "RunTask", {"cluster": "a", "taskDefinition": "b"}, [f"arn:aws:ecs:{HERE}:task-definition/b:*"]),
        (
            "ecs",
            "DeleteTaskDefinitions",
            {"taskDefinitions": ["b:3", f"arn:aws:ecs:{HERE}:task-definition/b:4"]},
            [f"arn:aws:ecs:{HERE}:task-definition/b:3", f"arn:aws:ecs:{HERE}:task-definition/b:4"],
        ),
        ("ecs", "StopTask", {"cluster": "a", "task": "c"}, [f"arn:aws:ecs:{HERE}:task/a/c"]),
        (
            "ecs",
            "StopServiceDeployment",
            {"serviceDeploymentArn": f"arn:aws:ecs:{HERE}:service-deployment/a/b/1"},
            [f"arn:aws:ecs:{HERE}:service-deployment/a/b/1", f"arn:aws:ecs:{HERE}:service/a/b"],
        ),
        (
            "ecs",
            "DescribeServiceRevisions",
            {"serviceRevisionArns": [f"arn:aws:ecs:{HERE}:service-revision/a/b/{number}" for number in (1, 2)]},
            [
                f"arn:aws:ecs:{HERE}:service-revision/a/b/1",
                f"arn:aws:ecs:{HERE}:service-revision/a/b/2",
                f"arn:aws:ecs:{HERE}:service/a/b",
            ],
        ),
        ("ecs", "ListServiceDeployments", {"cluster": "a", "service": "b"}, [f"arn:aws:ecs:{HERE}:service/a/b"]),
        ("ecs", "ListTasks", {"cluster": "a", "serviceName": "b"}, [f"arn:aws:ecs:{HERE}:container-instance/a/*"]),
        ("acm", "ImportCertificate", {}, [f"arn:aws:acm:{HERE}:certificate/*"]),
        ("acm", "RequestCertificate", {}, ["*"]),
        ("monitoring", "PutMetricAlarm", {"AlarmName": "a"}, [f"arn:aws:cloudwatch:{HERE}:alarm:a"]),
        ("monitoring", "PutDashboard", {"DashboardName": "a"}, ["arn:aws:cloudwatch::123456789012:dashboard/a"]),
        ("wafv2", "GetWebACL", {"Name": "a", "Id": "1"}, [f"arn:aws:wafv2:{HERE}:regional/webacl/a/1"]),
        ("wafv2", "AssociateWebACL", {"WebACLArn": "w", "ResourceArn": "l"}, ["w", "l"]),
        (
            "wafv2",
            "CreateWebACL",
            {"Name": "a", "Rules": [{"Statement": {"ManagedRuleGroupStatement": {}}}]},
            [f"arn:aws:wafv2:{HERE}:regional/webacl/a/*", f"arn:aws:wafv2:{HERE}:regional/managedruleset/*/*"],
        ),
        (
            "logs",
            "TagResource",
            {"resourceArn": f"arn:aws:logs:{HERE}:log-group:a:*"},
            [f"arn:aws:logs:{HERE}:log-group:a"],
        ),
    ],
)
def test_json_protocols_name_resources(
    service: str, operation: str, body: dict[str, Any], resources: list[str]
) -> None:
    assert [need.resource for need in needs(service, operation, body)] == resources


def test_zones_are_named_in_the_path() -> None:
    path = "/2013-04-01/hostedzone/Z0123456789/rrset"
    (need,) = read_call(HttpRequest("route53", REGION, "GET", "", path), Inventory()).needs
    assert need == Need("route53:ListResourceRecordSets", "arn:aws:route53:::hostedzone/Z0123456789")


def test_backups_are_named_in_the_path() -> None:
    vault = f"arn:aws:backup:{HERE}:backup-vault:shop"
    for method, path, action in (
        ("PUT", "/backup-vaults/shop", "backup:CreateBackupVault"),
        ("GET", f"/tags/{vault}/", "backup:ListTags"),
        ("POST", f"/tags/{vault}", "backup:TagResource"),
    ):
        assert read_call(HttpRequest("backup", REGION, method, "", path), Inventory()).needs == (Need(action, vault),)


def test_a_boundary_is_that_of_the_request_or_of_the_role() -> None:
    role = query("iam", "CreateRole", {"RoleName": "new", "PermissionsBoundary": BOUNDARY})
    assert read_call(role, Inventory()).needs[0].context == {"iam:permissionsboundary": (BOUNDARY,)}
    # What a role of that name has already says nothing of the one that is to be made.
    without = query("iam", "CreateRole", {"RoleName": "shop-task"})
    assert not read_call(without, Inventory()).needs[0].context
    attached = query("iam", "AttachRolePolicy", {"RoleName": "shop-task", "PolicyArn": "p"})
    context = read_call(attached, Inventory()).needs[0].context
    assert context == {"iam:permissionsboundary": (BOUNDARY,), "iam:policyarn": ("p",)}
    assert not read_call(query("iam", "GetRole", {"RoleName": "shop-task"}), Inventory()).needs[0].context


def test_tags_of_a_request_are_read_in_every_shape() -> None:
    pairs = (
        ("dynamodb", "CreateTable", {"TableName": "a", "Tags": [{"Key": "palisade:stack", "Value": "shop"}]}),
        ("kms", "CreateKey", {"Tags": [{"TagKey": "palisade:stack", "TagValue": "shop"}]}),
        ("logs", "CreateLogGroup", {"logGroupName": "a", "tags": {"palisade:stack": "shop"}}),
        ("ecs", "CreateCluster", {"clusterName": "a", "tags": [{"key": "palisade:stack", "value": "shop"}]}),
    )
    for service, operation, body in pairs:
        (need, *_) = needs(service, operation, body)
        assert {key: value for key, value in need.context.items() if key in TAGS} == TAGS
    removed = needs("dynamodb", "UntagResource", {"ResourceArn": "t", "TagKeys": ["a"]})
    assert removed[0].context["aws:tagkeys"] == ("a",)


def besides(need: Need, **roles: str) -> set[tuple[str, str]]:
    return {(one.action, one.resource) for one in creations.of(need, Inventory(roles=roles))}


def test_tags_that_come_with_a_creation_are_a_permission_of_their_own() -> None:
    table = f"arn:aws:dynamodb:{HERE}:table/shop"
    assert besides(Need("dynamodb:CreateTable", table, TAGS)) == {("dynamodb:TagResource", table)}
    assert besides(Need("dynamodb:CreateTable", table)) == set()
    run = Need("ecs:RunTask", f"arn:aws:ecs:{HERE}:task-definition/b:3", {**TAGS, "ecs:cluster": ("x:cluster/a",)})
    assert besides(run) == {("ecs:TagResource", f"arn:aws:ecs:{HERE}:task/a/*")}
    assert besides(Need("kms:CreateKey", "*", TAGS)) == {("kms:TagResource", f"arn:aws:kms:{HERE}:key/*")}
    group = f"arn:aws:logs:{HERE}:log-group:a"
    assert besides(Need("logs:CreateLogGroup", f"{group}:log-stream:", TAGS)) == {("logs:TagResource", group)}
    balancer = f"{BALANCERS}:loadbalancer/app/shop/0"
    listener, rule = (balancer.replace(":loadbalancer/", f":{kind}/") for kind in ("listener", "listener-rule"))
    tagging = "elasticloadbalancing:AddTags"
    assert besides(Need("elasticloadbalancing:CreateListener", balancer, TAGS)) == {(tagging, f"{listener}/*")}
    assert besides(Need("elasticloadbalancing:CreateRule", f"{listener}/1", TAGS)) == {(tagging, f"{rule}/1/*")}
    (needed,) = creations.of(Need("ecs:RegisterTaskDefinition", "x", TAGS), Inventory())
    assert needed.context["ecs:createaction"] == ("RegisterTaskDefinition",)


def test_the_role_of_a_service_is_made_where_it_is_missing() -> None:
    cluster = Need("ecs:CreateCluster", f"arn:aws:ecs:{HERE}:cluster/shop")
    role = f"{IAM}:role/aws-service-role/ecs.amazonaws.com/AWSServiceRoleForECS"
    assert besides(cluster) == {("iam:CreateServiceLinkedRole", role)}
    assert besides(cluster, AWSServiceRoleForECS=role) == set()
    for namespace, name in (("ecs", "ECSService"), ("dynamodb", "DynamoDBTable")):
        context = {"application-autoscaling:service-namespace": (namespace,)}
        ((action, resource),) = besides(Need("application-autoscaling:RegisterScalableTarget", "x", context))
        assert action == "iam:CreateServiceLinkedRole"
        assert resource.endswith(
            f"/{namespace}.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_{name}"
        )


def test_a_load_balancer_takes_looks_at_its_network() -> None:
    seen = {
        action for action, _ in besides(Need("elasticloadbalancing:CreateLoadBalancer", "x"), AWSServiceRoleForX="y")
    }
    assert {"ec2:DescribeSubnets", "ec2:DescribeAccountAttributes", "iam:CreateServiceLinkedRole"} <= seen
    balancer = f"{BALANCERS}:loadbalancer/app/shop/1"
    assert besides(Need("wafv2:AssociateWebACL", balancer)) == {("elasticloadbalancing:SetWebAcl", "*")}
    assert besides(Need("wafv2:AssociateWebACL", "the ACL")) == set()


def test_what_was_asked_is_noted_once_and_without_the_moment() -> None:
    asked = Asked()
    who = Principal(f"{IAM}:user/ada", "123456789012")
    for moment in ("1", "2"):
        context = {"aws:epochtime": (moment,), "aws:principalarn": (who.arn,), "aws:tagkeys": ("b", "a")}
        asked.add(Request(who, "ecs:CreateCluster", "c", context), understood=True)
    assert asked.take() == [
        {"action": "ecs:CreateCluster", "resource": "c", "context": {"aws:tagkeys": ["a", "b"]}, "understood": True}
    ]
    assert asked.take() == []
