# SPDX-License-Identifier: GPL-3.0-or-later
"""The way from a place in a VPC to an AWS service: a pure function of the network.

DNS decides first: the private name of an interface endpoint leads to it whatever the routes say. Otherwise the
service has public addresses, and the most specific route of the subnet leads to a gateway endpoint, a NAT gateway or
an internet gateway. Security groups are stateful, network ACLs are asked for both directions of both ends.
"""

from __future__ import annotations

import enum
from collections.abc import Iterator
from dataclasses import dataclass
from ipaddress import IPv4Network
from itertools import chain

from emulator.authorizer.firewall import CLIENT_PORTS, HTTPS, NAT_PORTS, Ports, acl_allows, group_allows
from emulator.authorizer.network import Endpoint, Interface, NatGateway, Network, Peer, Position, Route, Subnet

# Services without a prefix list answer from somewhere in AWS's ranges. One public network stands for them all: far
# from the private ranges that a network ACL may deny, and inside no other service's prefix list.
SOMEWHERE_PUBLIC = (IPv4Network("3.120.0.0/14"),)


class Obstacle(enum.Enum):
    """Which layer of the network ends a connection."""

    DNS = "dns"
    ROUTE_TABLE = "route table"
    NETWORK_ACL = "network ACL"
    SECURITY_GROUP = "security group"


@dataclass(frozen=True)
class Path:
    """How a service is reached; `source` is the public address that it sees, if it sees one."""

    vpc_id: str
    gateway: str
    endpoint: Endpoint | None = None
    source: str = ""


class UnreachableError(Exception):
    """No connection comes about; `obstacle` is the layer, the text says where and why."""

    def __init__(self, obstacle: Obstacle, reason: str) -> None:
        super().__init__(reason)
        self.obstacle = obstacle


def find_path(network: Network, position: Position, service: str) -> Path:
    """Return the way to a service, named as in its endpoint (`ecr.api`); raises UnreachableError."""
    subnet = network.subnets.get(position.subnet_id)
    if subnet is None:
        raise UnreachableError(Obstacle.ROUTE_TABLE, f"subnet {position.subnet_id} does not exist")
    vpc = network.vpcs[subnet.vpc_id]
    if not vpc.dns_support:
        raise UnreachableError(Obstacle.DNS, f"{vpc.id} has no DNS support, so no name resolves")
    private = _resolved_endpoint(network, vpc.id, service) if vpc.dns_hostnames else None
    if private:
        _check_interface_endpoint(network, position, subnet, private)
        return Path(vpc.id, private.id, private)
    return _public_path(network, position, subnet, service)


def _resolved_endpoint(network: Network, vpc_id: str, service: str) -> Endpoint | None:
    """Return the interface endpoint that the service's name resolves to in a VPC."""
    return next(
        (
            endpoint
            for endpoint in network.endpoints.values()
            if endpoint.interface and endpoint.private_dns and (endpoint.vpc_id, endpoint.service) == (vpc_id, service)
        ),
        None,
    )


def _check_interface_endpoint(network: Network, position: Position, subnet: Subnet, endpoint: Endpoint) -> None:
    """Refuse unless every interface can be reached: the name resolves to any of them."""
    if not endpoint.interfaces:
        raise UnreachableError(Obstacle.DNS, f"{endpoint.id} has no network interface to resolve to")
    here = _peer_of(position)
    rules = chain.from_iterable(
        network.security_groups[group].ingress for group in endpoint.security_groups if group in network.security_groups
    )
    if not group_allows(rules, here, HTTPS, network.prefix_lists):
        groups, spot = _listed(endpoint.security_groups), f"{position.address} in {_listed(position.security_groups)}"
        raise UnreachableError(
            Obstacle.SECURITY_GROUP, f"{groups} of {endpoint.id} has no ingress rule for port 443 from {spot}"
        )
    for interface in endpoint.interfaces:
        there = Peer((IPv4Network(interface.address),), endpoint.security_groups)
        _check_group_egress(network, position, there, endpoint.id)
        _check_local(subnet, network.subnets[interface.subnet_id], position, interface, endpoint.id)


def _check_local(subnet: Subnet, there: Subnet, position: Position, interface: Interface, name: str) -> None:
    """Ask the network ACLs on both sides of a connection inside the VPC; within one subnet none is asked."""
    if there.id == subnet.id:
        return
    _check_acl(subnet, Peer((IPv4Network(interface.address),)), HTTPS, CLIENT_PORTS, name)
    _check_far_acl(there, position, name)


def _check_far_acl(there: Subnet, position: Position, name: str) -> None:
    """Ask the network ACL of the subnet where an endpoint or a gateway is: in from the caller, and back out."""
    near = _peer_of(position)
    if not acl_allows(there.acl.ingress, near, HTTPS):
        raise _acl_error(there, f"in to port 443 of {name}, from {position.address}")
    if not acl_allows(there.acl.egress, near, CLIENT_PORTS):
        ports = f"{CLIENT_PORTS.first}-{CLIENT_PORTS.last}"
        raise _acl_error(there, f"out to ports {ports} of {position.address}, the answers of {name}")


def _public_path(network: Network, position: Position, subnet: Subnet, service: str) -> Path:
    """Follow the routes to the service's public addresses."""
    peer = Peer(_public_networks(network, service))
    route = _route_to(network, subnet, peer.networks[0])
    if route is None:
        raise UnreachableError(
            Obstacle.ROUTE_TABLE, f"{subnet.id} has neither an endpoint for {service} nor a route to its addresses"
        )
    _check_group_egress(network, position, peer, service)
    _check_acl(subnet, peer, HTTPS, CLIENT_PORTS, service)
    if endpoint := network.endpoints.get(route.target):
        return Path(subnet.vpc_id, endpoint.id, endpoint)
    if nat := network.nat_gateways.get(route.target):
        return _path_through_nat(network, position, subnet, nat, peer)
    if network.internet_gateways.get(route.target) == subnet.vpc_id:
        if position.public_address:
            return Path(subnet.vpc_id, route.target, source=position.public_address)
        where = f"the route of {subnet.id} leads to {route.target}"
        raise UnreachableError(Obstacle.ROUTE_TABLE, f"{where}, but {position.address} has no public address")
    raise UnreachableError(Obstacle.ROUTE_TABLE, f"the route of {subnet.id} to {route.target} is a black hole")


def _public_networks(network: Network, service: str) -> tuple[IPv4Network, ...]:
    lists = (found.networks for found in network.prefix_lists.values() if found.service == service)
    return next(lists, ()) or SOMEWHERE_PUBLIC


def _route_to(network: Network, subnet: Subnet, destination: IPv4Network) -> Route | None:
    """Return the most specific route; a service's addresses all go the way of its first."""
    candidates = [
        (covered.prefixlen, route)
        for route in subnet.routes
        for covered in _destinations(network, route)
        if destination.subnet_of(covered)
    ]
    return max(candidates, key=lambda candidate: candidate[0])[1] if candidates else None


def _destinations(network: Network, route: Route) -> Iterator[IPv4Network]:
    if route.network is not None:
        yield route.network
    elif route.prefix_list in network.prefix_lists:
        yield from network.prefix_lists[route.prefix_list].networks


def _path_through_nat(network: Network, position: Position, subnet: Subnet, nat: NatGateway, peer: Peer) -> Path:
    """Go on from the NAT gateway's own subnet: by its routes and its network ACL, which sees both sides of it."""
    there = network.subnets[nat.interface.subnet_id]
    if there.id != subnet.id:
        # Packets to and from a NAT gateway keep the service's port and the caller's address.
        _check_far_acl(there, position, nat.id)
    route = _route_to(network, there, peer.networks[0])
    endpoint = network.endpoints.get(route.target) if route else None
    if not endpoint and (route is None or network.internet_gateways.get(route.target) != there.vpc_id):
        raise UnreachableError(Obstacle.ROUTE_TABLE, f"{there.id}, where {nat.id} is, has no route to the internet")
    _check_acl(there, peer, HTTPS, NAT_PORTS, f"what {nat.id} translates")
    if endpoint:
        return Path(subnet.vpc_id, endpoint.id, endpoint)
    return Path(subnet.vpc_id, nat.id, source=nat.public_address)


def _check_group_egress(network: Network, position: Position, peer: Peer, name: str) -> None:
    rules = chain.from_iterable(
        network.security_groups[group].egress for group in position.security_groups if group in network.security_groups
    )
    if not group_allows(rules, peer, HTTPS, network.prefix_lists):
        groups = _listed(position.security_groups)
        raise UnreachableError(Obstacle.SECURITY_GROUP, f"{groups} has no egress rule for port 443 to {name}")


def _check_acl(subnet: Subnet, peer: Peer, out: Ports, back: Ports, name: str) -> None:
    """Ask the network ACL of the near subnet: out to the peer, and its answers back in."""
    if not acl_allows(subnet.acl.egress, peer, out):
        raise _acl_error(subnet, f"out to port {out.first} of {name}")
    if not acl_allows(subnet.acl.ingress, peer, back):
        raise _acl_error(subnet, f"in to ports {back.first}-{back.last}, the answers of {name}")


def _acl_error(subnet: Subnet, what: str) -> UnreachableError:
    return UnreachableError(Obstacle.NETWORK_ACL, f"{subnet.acl.id} of {subnet.id} does not let through: {what}")


def _peer_of(position: Position) -> Peer:
    return Peer((IPv4Network(position.address),), position.security_groups)


def _listed(groups: tuple[str, ...]) -> str:
    return ", ".join(groups) or "no security group"
