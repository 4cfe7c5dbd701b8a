# SPDX-License-Identifier: GPL-3.0-or-later
"""EC2: which resources of a network a request is about, each with its own tags or those that it is to get.

https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html, with which tests/oracle compares
the tables; AWSEC2/latest/UserGuide/supported-iam-actions-tagging, "Grant permission to tag [...] during creation".
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping

from emulator.authorizer import request_tags
from emulator.authorizer.call import HttpRequest, Need
from emulator.authorizer.inventory import Inventory
from emulator.settings import ACCOUNT_ID

PREFIXES = {
    "vpc": "vpc",
    "subnet": "subnet",
    "sg": "security-group",
    "sgr": "security-group-rule",
    "rtb": "route-table",
}
PREFIXES |= {"acl": "network-acl", "igw": "internet-gateway", "nat": "natgateway", "eipalloc": "elastic-ip"}
PREFIXES |= {"vpce": "vpc-endpoint", "fl": "vpc-flow-log"}
TYPES = frozenset(PREFIXES.values())

# What is made, and gets tags with the request.
CREATED = {"AllocateAddress": "elastic-ip", "CreateFlowLogs": "vpc-flow-log"}
CREATED |= {
    "CreateInternetGateway": "internet-gateway",
    "CreateNatGateway": "natgateway",
    "CreateNetworkAcl": "network-acl",
}
CREATED |= {"CreateRouteTable": "route-table", "CreateSecurityGroup": "security-group", "CreateSubnet": "subnet"}
CREATED |= {"CreateVpc": "vpc", "CreateVpcEndpoint": "vpc-endpoint"}

_GROUP = ("security-group",)
_ATTACHED = ("route-table", "security-group", "subnet")
# Which of the resources that a request names are judged; others, such as the target of a route, are not.
JUDGED: Mapping[str, tuple[str, ...]] = {
    "AllocateAddress": (),
    "AssociateAddress": ("elastic-ip",),
    "AssociateRouteTable": ("internet-gateway", "route-table", "subnet"),
    "AssociateVpcCidrBlock": ("vpc",),
    "AttachInternetGateway": ("internet-gateway", "vpc"),
    # A rule is a resource only where it gets tags, which is not read here.
    "AuthorizeSecurityGroupEgress": _GROUP,
    "AuthorizeSecurityGroupIngress": _GROUP,
    "CreateFlowLogs": ("natgateway", "subnet", "vpc"),
    "CreateInternetGateway": (),
    "CreateNatGateway": ("elastic-ip", "subnet", "vpc"),
    "CreateNetworkAcl": ("vpc",),
    "CreateNetworkAclEntry": ("network-acl",),
    "CreateRoute": ("route-table",),
    "CreateRouteTable": ("vpc",),
    "CreateSecurityGroup": ("vpc",),
    "CreateSubnet": ("vpc",),
    "CreateTags": tuple(sorted(TYPES)),
    "CreateVpc": (),
    "CreateVpcEndpoint": (*_ATTACHED, "vpc"),
    "DeleteFlowLogs": ("vpc-flow-log",),
    "DeleteInternetGateway": ("internet-gateway",),
    "DeleteNatGateway": ("natgateway",),
    "DeleteNetworkAcl": ("network-acl",),
    "DeleteNetworkAclEntry": ("network-acl",),
    "DeleteRoute": ("route-table",),
    "DeleteRouteTable": ("route-table",),
    "DeleteSecurityGroup": _GROUP,
    "DeleteSubnet": ("subnet",),
    "DeleteTags": tuple(sorted(TYPES)),
    "DeleteVpc": ("vpc",),
    "DeleteVpcEndpoints": ("vpc-endpoint",),
    "DescribeVpcAttribute": ("vpc",),
    "DetachInternetGateway": ("internet-gateway", "vpc"),
    "DisassociateAddress": ("elastic-ip",),
    "DisassociateRouteTable": ("internet-gateway", "route-table", "subnet"),
    "DisassociateVpcCidrBlock": ("vpc",),
    "ModifySecurityGroupRules": ("security-group", "security-group-rule"),
    "ModifySubnetAttribute": ("subnet",),
    "ModifyVpcAttribute": ("vpc",),
    "ModifyVpcEndpoint": (*_ATTACHED, "vpc-endpoint"),
    "ReleaseAddress": ("elastic-ip",),
    "ReplaceNetworkAclAssociation": ("network-acl", "subnet"),
    "ReplaceNetworkAclEntry": ("network-acl",),
    "ReplaceRoute": ("route-table",),
    "ReplaceRouteTableAssociation": ("internet-gateway", "route-table", "subnet"),
    "RevokeSecurityGroupEgress": _GROUP,
    "RevokeSecurityGroupIngress": _GROUP,
    "UpdateSecurityGroupRuleDescriptionsEgress": _GROUP,
    "UpdateSecurityGroupRuleDescriptionsIngress": _GROUP,
}
# "Describe" takes no resource, with a few exceptions.
ON_SOMETHING = re.compile(
    r"Describe(?:CapacityBlockExtensionOfferings|ClientVpn(?:AuthorizationRules|Connections|Routes|TargetNetworks)"
    r"|Fleet(?:History|Instances)|SpotFleet(?:Instances|RequestHistory)|SecurityGroupReferences"
    r"|VpcEndpointServicePermissions|(?:FpgaImage|Image|Instance|Snapshot|Volume|Vpc)Attribute)"
)
ID = re.compile(r"(?P<prefix>[a-z]+)-[0-9a-f]+")
# Not what is asked for, but what is looked for, allowed or said of it.
NOT_RESOURCES = ("Filter.", "IpPermissions.", "TagSpecification.", "ClientToken", "Tag.")
ASSOCIATION = "AssociationId"
TAG = re.compile(r"TagSpecification\.(?P<list>\d+)\.Tag\.(?P<number>\d+)\.Key")


def needs(http: HttpRequest, inventory: Inventory) -> tuple[tuple[Need, ...], bool]:
    """Return what a request needs, and whether that is all a policy could ask for."""
    operation = http.operation
    action = f"ec2:{operation or 'UnknownAction'}"
    if operation.startswith("Describe") and not ON_SOMETHING.fullmatch(operation):
        return (Need(action),), True
    found = (*_named(action, http, inventory), *_created(action, http))
    return found or (Need(action),), bool(found)


def _named(action: str, http: HttpRequest, inventory: Inventory) -> Iterator[Need]:
    tags = request_tags.of(http.form)
    for name in sorted(set(_ids(http.form, inventory))):
        match = ID.fullmatch(name)
        kind = PREFIXES.get(match["prefix"], "") if match else ""
        if kind in JUDGED.get(http.operation, ()):
            yield Need(action, _arn(http.region, kind, name), tags)


def _ids(form: Mapping[str, str], inventory: Inventory) -> Iterator[str]:
    for parameter, value in form.items():
        if parameter == ASSOCIATION:
            yield from inventory.associated(value)
        elif not parameter.startswith(NOT_RESOURCES):
            yield value


def _created(action: str, http: HttpRequest) -> Iterator[Need]:
    """A resource that is made has no id yet; with tags, making them is asked for, too."""
    kind = CREATED.get(http.operation)
    if kind is None:
        return
    arn = _arn(http.region, kind, "*")
    tags = request_tags.context(_tags(http.form, kind))
    yield Need(action, arn, tags)
    if tags:
        yield Need("ec2:CreateTags", arn, {**tags, "ec2:createaction": (http.operation,)})


def _tags(form: Mapping[str, str], kind: str) -> dict[str, str]:
    names = [(name, match["list"]) for name in form if (match := TAG.fullmatch(name))]
    meant = [name for name, number in names if form.get(f"TagSpecification.{number}.ResourceType") == kind]
    return {form[name]: form.get(name.removesuffix("Key") + "Value", "") for name in meant}


def _arn(region: str, kind: str, name: str) -> str:
    return f"arn:aws:ec2:{region}:{ACCOUNT_ID}:{kind}/{name}"
