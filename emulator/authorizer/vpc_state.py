# SPDX-License-Identifier: GPL-3.0-or-later
"""The network that moto's EC2 holds, as plain data."""

from __future__ import annotations

import time
from collections.abc import Container, Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from moto.ec2.models import ec2_backends

from emulator.authorizer.network import (
    AclEntry,
    Endpoint,
    GroupRule,
    Interface,
    NatGateway,
    Network,
    NetworkAcl,
    PrefixList,
    Route,
    SecurityGroup,
    Subnet,
    Vpc,
)
from emulator.control_plane.gate import NETWORK, Gate
from emulator.settings import ACCOUNT_ID, REGION

# What changes by itself, such as an endpoint that becomes available, is seen this much later.
LONGEST_AGE_SECONDS = 0.5
CLOSED = NetworkAcl("no network ACL")


@dataclass(frozen=True)
class Reading:
    """A network, and when it was read: after how many writes, at what time."""

    network: Network
    writes: int
    at: float


class VpcState:
    """The network of now: read again after a write to EC2 and when it is old, or every request would pay for it."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._read = Reading(Network(), writes=-1, at=0)

    def network(self) -> Network:
        """Return the network; the same object as long as nothing has changed."""
        read = self._read
        if read.writes != self._gate.writes[NETWORK] or time.monotonic() - read.at > LONGEST_AGE_SECONDS:
            with self._gate.lock:
                found = snapshot(ec2_backends[ACCOUNT_ID][REGION])
                kept = read.network if found == read.network else found
                # One assignment: another thread sees the old reading or the new one, never a part of it.
                self._read = read = Reading(kept, self._gate.writes[NETWORK], time.monotonic())
        return read.network


def snapshot(ec2: Any) -> Network:
    """Return the network that a backend of moto holds; call under the lock."""
    subnets = _subnets(ec2)
    return Network(
        vpcs={vpc.id: _vpc(vpc) for vpc in ec2.vpcs.values()},
        subnets=subnets,
        security_groups={
            group.id: SecurityGroup(_group_rules(group.ingress_rules), _group_rules(group.egress_rules))
            for groups in ec2.groups.values()
            for group in groups.values()
        },
        endpoints={
            endpoint.id: _endpoint(ec2, endpoint, subnets)
            for endpoint in ec2.vpc_end_points.values()
            if endpoint.state == "available"
        },
        nat_gateways={
            nat.id: _nat(nat)
            for nat in ec2.nat_gateways.values()
            if nat.state == "available" and nat.connectivity_type != "private" and nat.subnet_id in subnets
        },
        internet_gateways={gateway.id: gateway.vpc.id for gateway in ec2.internet_gateways.values() if gateway.vpc},
        prefix_lists={found.id: _prefix_list(found) for found in ec2.managed_prefix_lists.values()},
    )


def _vpc(vpc: Any) -> Vpc:
    return Vpc(vpc.id, _is_true(vpc.enable_dns_support), _is_true(vpc.enable_dns_hostnames))


def _is_true(value: Any) -> bool:
    """moto keeps attributes as the API gave them: as text or as a truth value."""
    return str(value).lower() == "true"


def _subnets(ec2: Any) -> dict[str, Subnet]:
    """Give each subnet its route table, which is the VPC's main one unless another is associated, and its ACL."""
    acls = {acl.id: _acl(acl) for acl in ec2.network_acls.values()}
    routes = {table.id: tuple(_routes(table)) for table in ec2.route_tables.values()}
    main = {table.vpc_id: table.id for table in ec2.route_tables.values() if table.main_association_id}
    own = {place: table.id for table in ec2.route_tables.values() for place in table._associations.values()}
    acl_of = {association.subnet_id: acl.id for acl in ec2.network_acls.values() for association in acl.associations}
    return {
        subnet.id: Subnet(
            id=subnet.id,
            vpc_id=subnet.vpc_id,
            routes=routes.get(own.get(subnet.id) or main.get(subnet.vpc_id, ""), ()),
            acl=acls.get(acl_of.get(subnet.id, ""), CLOSED),
        )
        for subnets in ec2.subnets.values()
        for subnet in subnets.values()
        if subnet.vpc_id in ec2.vpcs
    }


def _routes(table: Any) -> Iterable[Route]:
    """Return IPv4 routes; those to what this model does not know, such as a peering, lead nowhere."""
    for route in table.routes:
        target = route.gateway_id or route.nat_gateway_id or route.network_interface_id or "elsewhere"
        if route.destination_prefix_list_id:
            yield Route(target, prefix_list=route.destination_prefix_list_id)
        elif route.destination_cidr_block:
            yield Route(target, IPv4Network(route.destination_cidr_block))


def _acl(acl: Any) -> NetworkAcl:
    entries = sorted(acl.network_acl_entries, key=lambda entry: int(entry.rule_number))
    ingress = tuple(_acl_entry(entry) for entry in entries if not _is_true(entry.egress))
    egress = tuple(_acl_entry(entry) for entry in entries if _is_true(entry.egress))
    return NetworkAcl(acl.id, ingress, egress)


def _acl_entry(entry: Any) -> AclEntry:
    return AclEntry(
        number=int(entry.rule_number),
        allow=entry.rule_action == "allow",
        protocol=str(entry.protocol),
        network=IPv4Network(entry.cidr_block) if entry.cidr_block else None,
        from_port=int(entry.port_range_from or 0),
        to_port=int(entry.port_range_to or 65535),
    )


def _group_rules(rules: Iterable[Any]) -> tuple[GroupRule, ...]:
    return tuple(
        GroupRule(
            protocol=rule.ip_protocol,
            from_port=int(rule.from_port or 0),
            to_port=65535 if rule.to_port is None else int(rule.to_port),
            network=IPv4Network(rule.ip_range["CidrIp"]) if rule.ip_range.get("CidrIp") else None,
            group=rule.source_group.get("GroupId", ""),
            prefix_list=rule.prefix_list_id or "",
        )
        for rule in rules
    )


def _endpoint(ec2: Any, endpoint: Any, subnets: Container[str]) -> Endpoint:
    interfaces = [ec2.enis[name] for name in endpoint.network_interface_ids if name in ec2.enis]
    return Endpoint(
        id=endpoint.id,
        vpc_id=endpoint.vpc_id,
        service=endpoint.service_name.split(f".{REGION}.", 1)[-1],
        policy=endpoint.policy_document,
        interface=endpoint.vpc_endpoint_type == "Interface",
        private_dns=_is_true(endpoint.private_dns_enabled),
        interfaces=tuple(
            Interface(found.subnet_id, IPv4Address(found.private_ip_address))
            for found in interfaces
            if found.subnet_id in subnets
        ),
        security_groups=tuple(endpoint.security_group_ids) or _default_group(ec2, endpoint.vpc_id),
    )


def _default_group(ec2: Any, vpc_id: str) -> tuple[str, ...]:
    """AWS gives an interface the VPC's default group unless told otherwise."""
    return tuple(group.id for group in ec2.groups.get(vpc_id, {}).values() if group.is_default)


def _nat(nat: Any) -> NatGateway:
    addresses = [address["publicIp"] for address in nat.address_set if address.get("publicIp")]
    interface = Interface(nat.subnet_id, IPv4Address(nat._eni.private_ip_address))
    return NatGateway(nat.id, interface, next(iter(addresses), ""))


def _prefix_list(found: Any) -> PrefixList:
    entries = found.entries.get(found.version or 1) or []
    networks = tuple(IPv4Network(entry["Cidr"]) for entry in entries if found.address_family == "IPv4")
    service = found.prefix_list_name.split(f".{REGION}.", 1)[-1] if found.owner_id == "AWS" else ""
    return PrefixList(found.id, networks, service)
