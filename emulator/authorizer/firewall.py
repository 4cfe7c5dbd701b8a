# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups and network ACLs, as AWS evaluates them.

A peer can be a set of addresses, because a service answers from any of its own. What lets only some of them through
counts as a refusal: on AWS it would fail now and then.
https://docs.aws.amazon.com/vpc/latest/userguide/vpc-security-groups.html
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from ipaddress import IPv4Network

from emulator.authorizer.network import ANY_PROTOCOL, AclEntry, GroupRule, Peer, PrefixList

TCP = frozenset({"tcp", "6", ANY_PROTOCOL})


@dataclass(frozen=True)
class Ports:
    """A range of TCP ports; all of it has to be let through."""

    first: int
    last: int

    def within(self, first: int, last: int) -> bool:
        """Tell whether another range covers this one."""
        return first <= self.first and self.last <= last

    def overlaps(self, first: int, last: int) -> bool:
        """Tell whether another range shares a port."""
        return first <= self.last and self.first <= last


HTTPS = Ports(443, 443)
# Linux takes the port of an outgoing connection from this range; Fargate leaves the kernel's default alone.
CLIENT_PORTS = Ports(32768, 60999)
# https://docs.aws.amazon.com/vpc/latest/userguide/nat-gateway-basics.html
NAT_PORTS = Ports(1024, 65535)


def group_allows(rules: Iterable[GroupRule], peer: Peer, ports: Ports, prefix_lists: Mapping[str, PrefixList]) -> bool:
    """Tell whether the rules of security groups let TCP to or from a peer through; answers need no rule."""
    usable = [rule for rule in rules if _covers_ports(rule, ports)]
    if any(rule.group in peer.security_groups for rule in usable):
        return True
    networks = [network for rule in usable for network in _networks_of(rule, prefix_lists)]
    return all(any(wanted.subnet_of(network) for network in networks) for wanted in peer.networks)


def _covers_ports(rule: GroupRule, ports: Ports) -> bool:
    return rule.protocol == ANY_PROTOCOL or (rule.protocol in TCP and ports.within(rule.from_port, rule.to_port))


def _networks_of(rule: GroupRule, prefix_lists: Mapping[str, PrefixList]) -> tuple[IPv4Network, ...]:
    if rule.network is not None:
        return (rule.network,)
    found = prefix_lists.get(rule.prefix_list)
    return found.networks if found else ()


def acl_allows(entries: Iterable[AclEntry], peer: Peer, ports: Ports) -> bool:
    """Tell whether one direction of a network ACL lets TCP to or from a peer through: the first entry decides.

    An entry that denies a part denies; one that allows a part leaves the rest to later entries.
    """
    entries = tuple(entries)
    return all(_first_match(entries, network, ports) for network in peer.networks)


def _first_match(entries: tuple[AclEntry, ...], wanted: IPv4Network, ports: Ports) -> bool:
    for entry in entries:
        if entry.network is None or entry.protocol not in TCP:
            continue
        first, last = (0, 65535) if entry.protocol == ANY_PROTOCOL else (entry.from_port, entry.to_port)
        if entry.allow and wanted.subnet_of(entry.network) and ports.within(first, last):
            return True
        if not entry.allow and wanted.overlaps(entry.network) and ports.overlaps(first, last):
            return False
    return False
