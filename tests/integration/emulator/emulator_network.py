# SPDX-License-Identifier: GPL-3.0-or-later
"""A VPC without a way out but its endpoints, made through boto3, and calls from inside it."""

from __future__ import annotations

import json
from typing import Any

from botocore.config import Config

from tests.integration.emulator.emulator_site import REGION, Emulator, Json

EVERYWHERE = "0.0.0.0/0"
VPC_RANGE = "10.20.0.0/16"


def allow(**changes: Any) -> Json:
    """Return a policy of one statement that allows everything but what the changes say."""
    statement = {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*", **changes}
    if "NotAction" in statement:
        del statement["Action"]
    return {"Version": "2012-10-17", "Statement": [statement]}


class PrivateNetwork:
    """Subnets for tasks and for endpoints, a route table, and security groups that let HTTPS pass."""

    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator
        self.ec2 = emulator.client("ec2")
        self.vpc = self.ec2.create_vpc(CidrBlock=VPC_RANGE)["Vpc"]["VpcId"]
        self.ec2.modify_vpc_attribute(VpcId=self.vpc, EnableDnsHostnames={"Value": True})
        self.tasks, self.others, self.public = (self._subnet(number) for number in range(3))
        self.routes = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        for subnet in (self.tasks, self.others):
            self.ec2.associate_route_table(RouteTableId=self.routes, SubnetId=subnet)
        self.task_group, self.endpoint_group = (self._group(name) for name in ("task", "endpoint"))
        https = [{"IpProtocol": "tcp", "FromPort": 443, "ToPort": 443, "IpRanges": [{"CidrIp": VPC_RANGE}]}]
        self.ec2.authorize_security_group_ingress(GroupId=self.endpoint_group, IpPermissions=https)

    def _subnet(self, number: int) -> str:
        made = self.ec2.create_subnet(
            VpcId=self.vpc, CidrBlock=f"10.20.{number}.0/24", AvailabilityZone=f"{REGION}{'abc'[number]}"
        )
        return str(made["Subnet"]["SubnetId"])

    def _group(self, name: str) -> str:
        return str(self.ec2.create_security_group(GroupName=name, Description=name, VpcId=self.vpc)["GroupId"])

    def gateway(self, service: str, policy: Json | None = None, **options: Any) -> str:
        """Make a gateway endpoint, by default on the route table of the private subnets."""
        return self._endpoint(service, "Gateway", policy, **{"RouteTableIds": [self.routes], **options})

    def interface(self, service: str, policy: Json | None = None, **options: Any) -> str:
        """Make an interface endpoint with its private name."""
        places = {"SubnetIds": [self.tasks, self.others], "SecurityGroupIds": [self.endpoint_group]}
        return self._endpoint(service, "Interface", policy, **{**places, "PrivateDnsEnabled": True, **options})

    def _endpoint(self, service: str, kind: str, policy: Json | None, **options: Any) -> str:
        if policy:
            options["PolicyDocument"] = json.dumps(policy)
        made = self.ec2.create_vpc_endpoint(
            VpcId=self.vpc, ServiceName=f"com.amazonaws.{REGION}.{service}", VpcEndpointType=kind, **options
        )
        return str(made["VpcEndpoint"]["VpcEndpointId"])

    def set_policy(self, endpoint: str, policy: Json) -> None:
        """Change the policy of an endpoint."""
        self.ec2.modify_vpc_endpoint(VpcEndpointId=endpoint, PolicyDocument=json.dumps(policy))

    def nat(self) -> str:
        """Make a NAT gateway in the public subnet, and the routes through it."""
        gateway = self.ec2.create_internet_gateway()["InternetGateway"]["InternetGatewayId"]
        self.ec2.attach_internet_gateway(InternetGatewayId=gateway, VpcId=self.vpc)
        outer = self.ec2.create_route_table(VpcId=self.vpc)["RouteTable"]["RouteTableId"]
        self.ec2.associate_route_table(RouteTableId=outer, SubnetId=self.public)
        self.ec2.create_route(RouteTableId=outer, DestinationCidrBlock=EVERYWHERE, GatewayId=gateway)
        address = self.ec2.allocate_address(Domain="vpc")["AllocationId"]
        nat = self.ec2.create_nat_gateway(SubnetId=self.public, AllocationId=address)["NatGateway"]["NatGatewayId"]
        self.ec2.create_route(RouteTableId=self.routes, DestinationCidrBlock=EVERYWHERE, NatGatewayId=nat)
        return str(nat)

    def acl(self, *inbound: tuple[int, int, str]) -> None:
        """Put a network ACL on the tasks' subnet: out anything, in what is given as first and last port and source."""
        acl = self.ec2.create_network_acl(VpcId=self.vpc)["NetworkAcl"]["NetworkAclId"]
        entry = {"NetworkAclId": acl, "RuleAction": "allow"}
        self.ec2.create_network_acl_entry(RuleNumber=100, Protocol="-1", Egress=True, CidrBlock=EVERYWHERE, **entry)
        for number, (first, last, source) in enumerate(inbound, 100):
            ports = {"From": first, "To": last}
            self.ec2.create_network_acl_entry(
                RuleNumber=number, Protocol="6", Egress=False, CidrBlock=source, PortRange=ports, **entry
            )
        of_the_subnet = [{"Name": "association.subnet-id", "Values": [self.tasks]}]
        (found,) = self.ec2.describe_network_acls(Filters=of_the_subnet)["NetworkAcls"]
        (association,) = [one for one in found["Associations"] if one["SubnetId"] == self.tasks]
        self.ec2.replace_network_acl_association(AssociationId=association["NetworkAclAssociationId"], NetworkAclId=acl)

    def close_group(self) -> None:
        """Let the tasks open no connection."""
        anything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": EVERYWHERE}]}]
        self.ec2.revoke_security_group_egress(GroupId=self.task_group, IpPermissions=anything)

    def client(self, service: str, role: str | None, **options: Any) -> Any:
        """Return a client that acts as a role, or as the foreign principal, in the place of a task."""
        place = {"subnet_id": self.tasks, "security_group_ids": [self.task_group]}
        wanted = {**place, "role_arn": role} if role else place
        status, keys = position(self._emulator, wanted)
        assert status == 200, keys
        return self._emulator.client(
            service,
            aws_access_key_id=keys["AccessKeyId"],
            aws_secret_access_key=keys["SecretAccessKey"],
            aws_session_token=keys["Token"],
            config=Config(retries={"total_max_attempts": 1}, s3={"addressing_style": "path"}),
            **options,
        )


def position(emulator: Emulator, wanted: Json) -> tuple[int, Json]:
    """Ask for the keys of a place."""
    return emulator.get("/_palisade/positions", method="POST", body=json.dumps(wanted).encode())
