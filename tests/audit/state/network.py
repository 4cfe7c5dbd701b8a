# SPDX-License-Identifier: GPL-3.0-or-later
"""Read the network: everything in VPCs that somebody made."""

from __future__ import annotations

from typing import Any

from tests.audit.state.reading import Clients, Item, State, pages


def read(clients: Clients) -> State:
    """Return the VPCs other than AWS's default one, and what lies in them."""
    ec2 = clients("ec2")
    vpcs = [vpc | _dns(ec2, vpc["VpcId"]) for vpc in pages(ec2, "describe_vpcs", "Vpcs") if not vpc["IsDefault"]]
    ids = [vpc["VpcId"] for vpc in vpcs]
    inside = [{"Name": "vpc-id", "Values": ids}] if ids else [{"Name": "vpc-id", "Values": ["none"]}]
    attached = [{"Name": "attachment.vpc-id", "Values": inside[0]["Values"]}]
    return {
        "vpcs": vpcs,
        "subnets": pages(ec2, "describe_subnets", "Subnets", Filters=inside),
        "internet_gateways": pages(ec2, "describe_internet_gateways", "InternetGateways", Filters=attached),
        "nat_gateways": [
            gateway
            for gateway in pages(ec2, "describe_nat_gateways", "NatGateways", Filters=inside)
            if gateway["State"] in ("pending", "available")
        ],
        "addresses": pages(ec2, "describe_addresses", "Addresses"),
        "route_tables": pages(ec2, "describe_route_tables", "RouteTables", Filters=inside),
        "network_acls": pages(ec2, "describe_network_acls", "NetworkAcls", Filters=inside),
        "security_groups": pages(ec2, "describe_security_groups", "SecurityGroups", Filters=inside),
        "vpc_endpoints": pages(ec2, "describe_vpc_endpoints", "VpcEndpoints", Filters=inside),
        "flow_logs": pages(ec2, "describe_flow_logs", "FlowLogs"),
    }


def _dns(ec2: Any, vpc_id: str) -> Item:
    return {
        key: ec2.describe_vpc_attribute(VpcId=vpc_id, Attribute=name)[key]["Value"]
        for name, key in (("enableDnsSupport", "EnableDnsSupport"), ("enableDnsHostnames", "EnableDnsHostnames"))
    }
