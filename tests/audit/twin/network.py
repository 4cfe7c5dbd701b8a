# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of the network, each written by the API as a careless person would."""

from __future__ import annotations

import json
from typing import Any

from tests.audit.state.reading import Clients, State

WORLD = [{"CidrIp": "0.0.0.0/0"}]
ANYTHING = [{"IpProtocol": "-1", "IpRanges": WORLD}]
OPEN = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}]}


def break_network(clients: Clients, state: State) -> None:
    """Open the network of a stack to everybody and watch none of it."""
    ec2 = clients("ec2")
    vpc_id = state["vpcs"][0]["VpcId"]
    _open_groups(ec2, state)
    _open_acls(ec2, state)
    for subnet in state["subnets"]:
        ec2.modify_subnet_attribute(SubnetId=subnet["SubnetId"], MapPublicIpOnLaunch={"Value": True})
    for endpoint in state["vpc_endpoints"]:
        if endpoint["VpcEndpointType"] == "Interface":
            ec2.delete_vpc_endpoints(VpcEndpointIds=[endpoint["VpcEndpointId"]])
        else:
            ec2.modify_vpc_endpoint(VpcEndpointId=endpoint["VpcEndpointId"], PolicyDocument=json.dumps(OPEN))
    logs = [flow_log["FlowLogId"] for flow_log in state["flow_logs"]]
    if logs:
        ec2.delete_flow_logs(FlowLogIds=logs)
    ec2.allocate_address(Domain="vpc")
    ec2.create_network_acl(VpcId=vpc_id)
    ec2.create_vpc(CidrBlock="10.99.0.0/16")


def _open_groups(ec2: Any, state: State) -> None:
    for group in state["security_groups"]:
        ec2.authorize_security_group_ingress(GroupId=group["GroupId"], IpPermissions=ANYTHING)
        ec2.authorize_security_group_egress(GroupId=group["GroupId"], IpPermissions=ANYTHING)
    vpc_id = state["vpcs"][0]["VpcId"]
    made = ec2.create_security_group(GroupName="launch-wizard-1", Description="made in a hurry", VpcId=vpc_id)
    ports = [20, 22, 80, 1433, 3306, 3389, 5432, 5601, 7199, 9092, 11211, 27017, 1521, 23]
    rules = [{"IpProtocol": "tcp", "FromPort": port, "ToPort": port, "IpRanges": WORLD} for port in ports]
    ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=rules)


def _open_acls(ec2: Any, state: State) -> None:
    for acl in state["network_acls"]:
        for egress in (False, True):
            ec2.create_network_acl_entry(
                NetworkAclId=acl["NetworkAclId"],
                RuleNumber=1,
                Protocol="-1",
                RuleAction="allow",
                Egress=egress,
                CidrBlock="0.0.0.0/0",
            )
