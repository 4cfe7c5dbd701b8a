# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups and network ACLs: each case stands beside one that differs in what is tested."""

from __future__ import annotations

from ipaddress import IPv4Network

import pytest

from emulator.authorizer.firewall import CLIENT_PORTS, HTTPS, Ports, acl_allows, group_allows
from emulator.authorizer.network import EVERYWHERE, AclEntry, GroupRule, Peer, PrefixList

HOST = Peer((IPv4Network("10.0.1.4/32"),), ("sg-peer",))
SERVICE = Peer((IPv4Network("52.94.0.0/22"), IPv4Network("52.119.224.0/20")))
PREFIX_LISTS = {
    "pl-all": PrefixList("pl-all", SERVICE.networks, "dynamodb"),
    "pl-part": PrefixList("pl-part", SERVICE.networks[:1]),
}


@pytest.mark.parametrize(
    ("rule", "peer", "allowed"),
    [
        (GroupRule("tcp", 443, 443, network=IPv4Network("10.0.1.0/24")), HOST, True),
        (GroupRule("tcp", 443, 443, network=IPv4Network("10.0.2.0/24")), HOST, False),
        (GroupRule("tcp", 444, 500, network=EVERYWHERE), HOST, False),
        (GroupRule("tcp", 400, 500, network=EVERYWHERE), HOST, True),
        (GroupRule("udp", 443, 443, network=EVERYWHERE), HOST, False),
        (GroupRule("-1", 0, 0, network=EVERYWHERE), HOST, True),
        (GroupRule("tcp", 443, 443, group="sg-peer"), HOST, True),
        (GroupRule("tcp", 443, 443, group="sg-other"), HOST, False),
        (GroupRule("tcp", 80, 80, group="sg-peer"), HOST, False),
        (GroupRule("tcp", 443, 443, prefix_list="pl-all"), SERVICE, True),
        (GroupRule("tcp", 443, 443, prefix_list="pl-part"), SERVICE, False),
        (GroupRule("tcp", 443, 443, prefix_list="pl-gone"), SERVICE, False),
        (GroupRule("tcp", 443, 443, network=EVERYWHERE), SERVICE, True),
        (GroupRule("tcp", 443, 443, network=IPv4Network("52.94.0.0/22")), SERVICE, False),
    ],
)
def test_a_rule_lets_through_what_it_names(rule: GroupRule, peer: Peer, allowed: bool) -> None:
    assert group_allows([rule], peer, HTTPS, PREFIX_LISTS) is allowed


def test_a_rule_for_a_part_of_a_network_or_range_is_not_enough() -> None:
    part = GroupRule("tcp", 443, 443, network=IPv4Network("52.94.1.0/24"))
    whole = GroupRule("tcp", 443, 443, network=IPv4Network("52.94.0.0/16"))
    peer = Peer(SERVICE.networks[:1])
    assert [group_allows([rule], peer, HTTPS, {}) for rule in (part, whole)] == [False, True]
    ports = [GroupRule("tcp", 32768, last, network=EVERYWHERE) for last in (50000, 65535)]
    assert [group_allows([rule], peer, CLIENT_PORTS, {}) for rule in ports] == [False, True]


def test_without_rules_nothing_passes() -> None:
    assert not group_allows([], HOST, HTTPS, PREFIX_LISTS)


def test_rules_add_up() -> None:
    rules = [GroupRule("tcp", 443, 443, network=network) for network in SERVICE.networks]
    assert group_allows(rules, SERVICE, HTTPS, PREFIX_LISTS)
    assert not group_allows(rules[:1], SERVICE, HTTPS, PREFIX_LISTS)


ALLOW = AclEntry(100, allow=True, protocol="6", from_port=443, to_port=443)
ALLOW_ALL = AclEntry(100, allow=True)
DENY = AclEntry(90, allow=False, protocol="6", network=IPv4Network("10.0.1.4/32"), from_port=443, to_port=443)


@pytest.mark.parametrize(
    ("entries", "peer", "ports", "allowed"),
    [
        ([ALLOW], HOST, HTTPS, True),
        ([], HOST, HTTPS, False),
        ([DENY, ALLOW], HOST, HTTPS, False),
        ([ALLOW, DENY], HOST, HTTPS, True),
        # A network ACL keeps no state: the answers need an entry of their own.
        ([ALLOW], HOST, CLIENT_PORTS, False),
        ([AclEntry(1, allow=True, protocol="6", from_port=32768, to_port=65535)], HOST, CLIENT_PORTS, True),
        ([AclEntry(1, allow=True, protocol="6", from_port=32768, to_port=50000)], HOST, CLIENT_PORTS, False),
        ([AclEntry(1, allow=True, protocol="6", from_port=49152, to_port=65535)], HOST, CLIENT_PORTS, False),
        ([AclEntry(1, allow=True, protocol="17")], HOST, HTTPS, False),
        ([AclEntry(1, allow=True)], HOST, CLIENT_PORTS, True),
        ([AclEntry(1, allow=True, network=None)], HOST, HTTPS, False),
        # One of a service's addresses that is denied is one too many; a deny of others does not matter.
        ([AclEntry(1, allow=False, network=IPv4Network("52.94.1.0/24")), ALLOW], SERVICE, HTTPS, False),
        ([AclEntry(1, allow=False, network=IPv4Network("10.0.0.0/8")), ALLOW], SERVICE, HTTPS, True),
        ([AclEntry(1, allow=False, protocol="6", from_port=22, to_port=22), ALLOW], SERVICE, HTTPS, True),
        ([AclEntry(1, allow=True, network=IPv4Network("52.94.0.0/22"))], SERVICE, HTTPS, False),
        ([AclEntry(1, allow=True, network=IPv4Network("52.94.1.0/24"))], Peer(SERVICE.networks[:1]), HTTPS, False),
        ([AclEntry(1, allow=True, network=IPv4Network("52.0.0.0/8"))], SERVICE, HTTPS, True),
        (
            [AclEntry(1, allow=False, protocol="6", from_port=40000, to_port=40001), ALLOW_ALL],
            HOST,
            CLIENT_PORTS,
            False,
        ),
        # All protocols means all ports, whatever range stands there.
        ([AclEntry(1, allow=True, from_port=1, to_port=1)], HOST, HTTPS, True),
    ],
)
def test_the_first_entry_that_matches_decides(entries: list[AclEntry], peer: Peer, ports: Ports, allowed: bool) -> None:
    assert acl_allows(entries, peer, ports) is allowed
