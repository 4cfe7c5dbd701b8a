# SPDX-License-Identifier: GPL-3.0-or-later
"""A network as plain data: what the path of a packet depends on, and nothing else."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network

EVERYWHERE = IPv4Network("0.0.0.0/0")
ANY_PROTOCOL = "-1"


@dataclass(frozen=True)
class Position:
    """Where a caller stands: the network interface of a task, or of a probe that takes a task's place."""

    subnet_id: str
    address: IPv4Address
    security_groups: tuple[str, ...]
    public_address: str = ""


@dataclass(frozen=True)
class Peer:
    """The other end of a connection: its addresses, and its security groups if it is in a VPC."""

    networks: tuple[IPv4Network, ...]
    security_groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class GroupRule:
    """A rule of a security group; exactly one of `network`, `group` and `prefix_list` says with whom."""

    protocol: str
    from_port: int
    to_port: int
    network: IPv4Network | None = None
    group: str = ""
    prefix_list: str = ""


@dataclass(frozen=True)
class SecurityGroup:
    """A security group: whatever no rule lets through is dropped."""

    ingress: tuple[GroupRule, ...] = ()
    egress: tuple[GroupRule, ...] = ()


@dataclass(frozen=True)
class AclEntry:
    """An entry of a network ACL; `protocol` is the IANA number, or -1 for all."""

    number: int
    allow: bool
    protocol: str = ANY_PROTOCOL
    network: IPv4Network | None = EVERYWHERE
    from_port: int = 0
    to_port: int = 65535


@dataclass(frozen=True)
class NetworkAcl:
    """A network ACL; its entries are in the order of their numbers."""

    id: str
    ingress: tuple[AclEntry, ...] = ()
    egress: tuple[AclEntry, ...] = ()


@dataclass(frozen=True)
class Route:
    """A route to a network or to a prefix list; `target` is `local` or the id of a gateway."""

    target: str
    network: IPv4Network | None = None
    prefix_list: str = ""


@dataclass(frozen=True)
class Vpc:
    """What of a VPC decides about names."""

    id: str
    dns_support: bool = True
    dns_hostnames: bool = True


@dataclass(frozen=True)
class Subnet:
    """A subnet with the route table and the network ACL that apply to it."""

    id: str
    vpc_id: str
    routes: tuple[Route, ...]
    acl: NetworkAcl


@dataclass(frozen=True)
class Interface:
    """A network interface of an endpoint or a gateway."""

    subnet_id: str
    address: IPv4Address


@dataclass(frozen=True)
class Endpoint:
    """A VPC endpoint; `service` is the last part of the service's name, such as `ecr.api`."""

    id: str
    vpc_id: str
    service: str
    policy: str
    interface: bool = False
    private_dns: bool = False
    interfaces: tuple[Interface, ...] = ()
    security_groups: tuple[str, ...] = ()


@dataclass(frozen=True)
class NatGateway:
    """A public NAT gateway that works."""

    id: str
    interface: Interface
    public_address: str


@dataclass(frozen=True)
class PrefixList:
    """The addresses behind a prefix list; `service` is empty unless AWS keeps it for one of its services."""

    id: str
    networks: tuple[IPv4Network, ...]
    service: str = ""


@dataclass(frozen=True)
class Network:
    """Everything of one region that can decide about a path, by id.

    `internet_gateways` maps those that are attached to their VPC. What is not usable is not in it: an endpoint that is
    not available, a NAT gateway that is gone.
    """

    vpcs: Mapping[str, Vpc] = field(default_factory=dict)
    subnets: Mapping[str, Subnet] = field(default_factory=dict)
    security_groups: Mapping[str, SecurityGroup] = field(default_factory=dict)
    endpoints: Mapping[str, Endpoint] = field(default_factory=dict)
    nat_gateways: Mapping[str, NatGateway] = field(default_factory=dict)
    internet_gateways: Mapping[str, str] = field(default_factory=dict)
    prefix_lists: Mapping[str, PrefixList] = field(default_factory=dict)
