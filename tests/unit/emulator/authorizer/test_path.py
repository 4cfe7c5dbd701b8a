# SPDX-License-Identifier: GPL-3.0-or-later
"""Ways from a task to a service: every case changes one thing in a network where all is well."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from emulator.authorizer.network import (
    EVERYWHERE,
    AclEntry,
    Endpoint,
    GroupRule,
    Interface,
    NatGateway,
    Network,
    NetworkAcl,
    Position,
    PrefixList,
    Route,
    SecurityGroup,
    Subnet,
    Vpc,
)
from emulator.authorizer.path import Obstacle, UnreachableError, find_path

VPC_RANGE = IPv4Network("10.0.0.0/16")
DYNAMODB = PrefixList("pl-dynamodb", (IPv4Network("52.94.0.0/22"), IPv4Network("52.119.224.0/20")), "dynamodb")
OPEN = NetworkAcl("acl-open", (AclEntry(100, allow=True),), (AclEntry(100, allow=True),))
LOCAL = Route("local", VPC_RANGE)
TO_DYNAMODB = Route("vpce-dynamodb", prefix_list="pl-dynamodb")
TO_NAT = Route("nat-1", EVERYWHERE)
TASK = Position("subnet-task", IPv4Address("10.0.1.4"), ("sg-task",))
Change = Callable[[Network], Network]


def https(**peer: Any) -> GroupRule:
    return GroupRule("tcp", 443, 443, **peer)


def endpoint(name: str, **more: Any) -> Endpoint:
    interfaces = (
        Interface("subnet-task", IPv4Address("10.0.1.9")),
        Interface("subnet-other", IPv4Address("10.0.2.9")),
    )
    options = {"interface": True, "private_dns": True, "interfaces": interfaces, "security_groups": ("sg-endpoint",)}
    return Endpoint(f"vpce-{name}", "vpc-1", name, "{}", **{**options, **more})


NETWORK = Network(
    vpcs={"vpc-1": Vpc("vpc-1"), "vpc-2": Vpc("vpc-2")},
    subnets={
        "subnet-task": Subnet("subnet-task", "vpc-1", (LOCAL, TO_DYNAMODB, TO_NAT), OPEN),
        "subnet-other": Subnet("subnet-other", "vpc-1", (LOCAL, TO_NAT), OPEN),
        "subnet-public": Subnet("subnet-public", "vpc-1", (LOCAL, Route("igw-1", EVERYWHERE)), OPEN),
    },
    security_groups={
        "sg-task": SecurityGroup(egress=(https(network=EVERYWHERE),)),
        "sg-endpoint": SecurityGroup(ingress=(https(group="sg-task"),)),
    },
    endpoints={
        "vpce-dynamodb": Endpoint("vpce-dynamodb", "vpc-1", "dynamodb", "{}"),
        "vpce-logs": endpoint("logs"),
    },
    nat_gateways={"nat-1": NatGateway("nat-1", Interface("subnet-public", IPv4Address("10.0.3.9")), "198.51.100.1")},
    internet_gateways={"igw-1": "vpc-1"},
    prefix_lists={"pl-dynamodb": DYNAMODB},
)


def with_groups(**groups: SecurityGroup) -> Change:
    named = {name.replace("_", "-"): group for name, group in groups.items()}
    return lambda network: replace(network, security_groups={**network.security_groups, **named})


def with_subnet(name: str, **changes: Any) -> Change:
    return lambda network: replace(
        network, subnets={**network.subnets, name: replace(network.subnets[name], **changes)}
    )


def with_endpoint(name: str, **changes: Any) -> Change:
    return lambda network: replace(
        network, endpoints={**network.endpoints, name: replace(network.endpoints[name], **changes)}
    )


def egress(*rules: GroupRule) -> Change:
    return with_groups(sg_task=SecurityGroup(egress=rules))


def acl(*, egress: tuple[AclEntry, ...] = OPEN.egress, ingress: tuple[AclEntry, ...] = OPEN.ingress) -> NetworkAcl:
    return NetworkAcl("acl-1", ingress, egress)


ONLY_443 = (AclEntry(100, allow=True, protocol="6", from_port=443, to_port=443),)
ONLY_CLIENTS = (AclEntry(100, allow=True, protocol="6", from_port=32768, to_port=65535),)
ONLY_VPC = (AclEntry(100, allow=True, network=VPC_RANGE),)


def no_dns(network: Network) -> Network:
    return replace(network, vpcs={"vpc-1": Vpc("vpc-1", dns_support=False)})


def no_hostnames(network: Network) -> Network:
    return replace(network, vpcs={"vpc-1": Vpc("vpc-1", dns_hostnames=False)})


def no_nat(network: Network) -> Network:
    return replace(network, nat_gateways={})


def no_internet(network: Network) -> Network:
    return replace(network, internet_gateways={"igw-1": "vpc-2"})


def unchanged(network: Network) -> Network:
    return network


@pytest.mark.parametrize(
    ("service", "change", "gateway"),
    [
        ("logs", unchanged, "vpce-logs"),
        ("dynamodb", unchanged, "vpce-dynamodb"),
        ("sts", unchanged, "nat-1"),
        # Whoever has no private name goes by the routes, as does whoever has the endpoint in another VPC.
        ("logs", with_endpoint("vpce-logs", private_dns=False), "nat-1"),
        ("logs", with_endpoint("vpce-logs", vpc_id="vpc-2"), "nat-1"),
        ("logs", no_hostnames, "nat-1"),
        # The private name of an interface endpoint wins over the route of a gateway endpoint.
        ("dynamodb", with_endpoint("vpce-logs", service="dynamodb"), "vpce-logs"),
        ("dynamodb", with_subnet("subnet-task", routes=(LOCAL, TO_NAT)), "nat-1"),
        ("dynamodb", with_subnet("subnet-task", routes=(TO_NAT, TO_DYNAMODB)), "vpce-dynamodb"),
        ("dynamodb", with_subnet("subnet-task", routes=(LOCAL, TO_DYNAMODB)), "vpce-dynamodb"),
        ("dynamodb", egress(https(prefix_list="pl-dynamodb")), "vpce-dynamodb"),
        ("logs", egress(https(group="sg-endpoint")), "vpce-logs"),
        ("logs", egress(https(network=VPC_RANGE)), "vpce-logs"),
        (
            "logs",
            with_groups(sg_endpoint=SecurityGroup(ingress=(https(network=IPv4Network("10.0.1.0/24")),))),
            "vpce-logs",
        ),
        # An endpoint answers; it opens no connection, and a security group lets answers out.
        ("logs", with_groups(sg_endpoint=SecurityGroup(ingress=(https(group="sg-task"),), egress=())), "vpce-logs"),
        ("logs", with_subnet("subnet-task", acl=acl(egress=ONLY_VPC, ingress=ONLY_VPC)), "vpce-logs"),
        ("logs", with_subnet("subnet-other", acl=acl(egress=ONLY_CLIENTS, ingress=ONLY_443)), "vpce-logs"),
        ("dynamodb", with_subnet("subnet-task", acl=acl(egress=ONLY_443, ingress=ONLY_CLIENTS)), "vpce-dynamodb"),
        # Within one subnet no network ACL is asked.
        (
            "logs",
            lambda network: with_endpoint("vpce-logs", interfaces=network.endpoints["vpce-logs"].interfaces[:1])(
                with_subnet("subnet-task", acl=acl(egress=(), ingress=()))(network)
            ),
            "vpce-logs",
        ),
        # What a NAT gateway sends goes by the routes of its own subnet.
        (
            "dynamodb",
            lambda network: with_subnet("subnet-public", routes=(TO_DYNAMODB, Route("igw-1", EVERYWHERE)))(
                with_subnet("subnet-task", routes=(LOCAL, TO_NAT))(network)
            ),
            "vpce-dynamodb",
        ),
    ],
)
def test_a_service_is_reached(service: str, change: Change, gateway: str) -> None:
    path = find_path(change(NETWORK), TASK, service)
    assert path.gateway == gateway
    assert path.vpc_id == "vpc-1"
    assert (path.endpoint.id if path.endpoint else "nat-1") == gateway
    assert path.source == ("198.51.100.1" if gateway == "nat-1" else "")


@pytest.mark.parametrize(
    ("service", "change", "obstacle", "reason"),
    [
        ("logs", no_dns, Obstacle.DNS, "vpc-1 has no DNS support"),
        ("logs", with_endpoint("vpce-logs", interfaces=()), Obstacle.DNS, "no network interface"),
        ("sts", with_subnet("subnet-task", routes=(LOCAL,)), Obstacle.ROUTE_TABLE, "neither an endpoint for sts nor"),
        ("dynamodb", with_subnet("subnet-task", routes=(LOCAL,)), Obstacle.ROUTE_TABLE, "nor a route"),
        ("logs", lambda network: replace(network, subnets={}), Obstacle.ROUTE_TABLE, "subnet-task does not exist"),
        ("sts", no_nat, Obstacle.ROUTE_TABLE, "nat-1 is a black hole"),
        ("sts", no_internet, Obstacle.ROUTE_TABLE, "where nat-1 is, has no route to the internet"),
        ("sts", with_subnet("subnet-public", routes=(LOCAL,)), Obstacle.ROUTE_TABLE, "no route to the internet"),
        ("sts", with_subnet("subnet-task", routes=(Route("igw-1", EVERYWHERE),)), Obstacle.ROUTE_TABLE, "no public"),
        ("dynamodb", lambda network: replace(network, endpoints={}), Obstacle.ROUTE_TABLE, "vpce-dynamodb is a black"),
        ("logs", egress(), Obstacle.SECURITY_GROUP, "sg-task has no egress rule for port 443 to vpce-logs"),
        ("logs", egress(https(group="sg-task")), Obstacle.SECURITY_GROUP, "sg-task has no egress"),
        ("dynamodb", egress(https(group="sg-endpoint")), Obstacle.SECURITY_GROUP, "to dynamodb"),
        ("sts", egress(https(prefix_list="pl-dynamodb")), Obstacle.SECURITY_GROUP, "to sts"),
        ("logs", with_groups(sg_endpoint=SecurityGroup()), Obstacle.SECURITY_GROUP, "no ingress rule for port 443"),
        (
            "logs",
            with_groups(sg_endpoint=SecurityGroup(ingress=(https(group="sg-other"),))),
            Obstacle.SECURITY_GROUP,
            "sg-endpoint of vpce-logs",
        ),
        ("dynamodb", with_subnet("subnet-task", acl=acl(ingress=ONLY_443)), Obstacle.NETWORK_ACL, "in to ports 32768"),
        ("dynamodb", with_subnet("subnet-task", acl=acl(ingress=ONLY_VPC)), Obstacle.NETWORK_ACL, "in to ports 32768"),
        ("dynamodb", with_subnet("subnet-task", acl=acl(egress=ONLY_VPC)), Obstacle.NETWORK_ACL, "out to port 443"),
        ("logs", with_subnet("subnet-task", acl=acl(egress=())), Obstacle.NETWORK_ACL, "acl-1 of subnet-task"),
        ("logs", with_subnet("subnet-task", acl=acl(ingress=ONLY_443)), Obstacle.NETWORK_ACL, "answers of vpce-logs"),
        ("logs", with_subnet("subnet-other", acl=acl(ingress=())), Obstacle.NETWORK_ACL, "in to port 443 of vpce-logs"),
        ("logs", with_subnet("subnet-other", acl=acl(egress=ONLY_443)), Obstacle.NETWORK_ACL, "acl-1 of subnet-other"),
        ("sts", with_subnet("subnet-public", acl=acl(ingress=ONLY_CLIENTS)), Obstacle.NETWORK_ACL, "443 of nat-1"),
        ("sts", with_subnet("subnet-public", acl=acl(egress=ONLY_443)), Obstacle.NETWORK_ACL, "the answers of nat-1"),
        (
            "sts",
            with_subnet("subnet-public", acl=acl(ingress=(*ONLY_443, *ONLY_CLIENTS))),
            Obstacle.NETWORK_ACL,
            "in to ports 1024-65535, the answers of what nat-1 translates",
        ),
    ],
)
def test_a_service_is_out_of_reach(service: str, change: Change, obstacle: Obstacle, reason: str) -> None:
    with pytest.raises(UnreachableError) as caught:
        find_path(change(NETWORK), TASK, service)
    assert (caught.value.obstacle, reason in str(caught.value)) == (obstacle, True), str(caught.value)


def test_a_public_address_uses_the_internet_gateway() -> None:
    public = replace(TASK, subnet_id="subnet-public", public_address="203.0.113.10")
    path = find_path(NETWORK, public, "sts")
    assert (path.gateway, path.source) == ("igw-1", "203.0.113.10")
    foreign = replace(NETWORK, internet_gateways={"igw-1": "vpc-2"})
    with pytest.raises(UnreachableError, match="igw-1 is a black hole"):
        find_path(foreign, public, "sts")
    with pytest.raises(UnreachableError, match="has no public address"):
        find_path(NETWORK, replace(public, public_address=""), "sts")
