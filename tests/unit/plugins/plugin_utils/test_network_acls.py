# SPDX-License-Identifier: GPL-3.0-or-later
"""The rules of the tiers, judged by the packets that have to pass and those that must not."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_acls import network_acls
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem

VPC = "10.0.0.0/16"
INSIDE, OUTSIDE = "10.0.130.7", "203.0.113.9"


def allowed(rules: list[dict[str, Any]], peer: str, port: int, protocol: str = "tcp") -> bool:
    """Decide as AWS does: the first rule that matches, in the order of the numbers; else denied."""
    for rule in sorted(rules, key=lambda one: int(one["rule_number"])):
        inside = IPv4Address(peer) in IPv4Network(rule["cidr"])
        ports = rule["protocol"] == "all" or rule.get("from_port", 0) <= port <= rule.get("to_port", -1)
        if inside and ports and rule["protocol"] in ("all", protocol):
            return True
    return False


ACLS = network_acls(VPC, [443], [443])


@pytest.mark.parametrize(
    ("tier", "direction", "peer", "port"),
    [
        ("public", "ingress", OUTSIDE, 443),  # a client to the load balancer
        ("public", "egress", OUTSIDE, 51234),  # and the answer
        ("public", "egress", INSIDE, 8443),  # the load balancer to a task
        ("public", "ingress", INSIDE, 1024),  # and the answer
        ("public", "ingress", INSIDE, 443),  # a task to the NAT gateway
        ("public", "egress", OUTSIDE, 443),  # and on to the internet
        ("public", "ingress", OUTSIDE, 1024),  # and the answer, on a port of the gateway's
        ("private", "ingress", INSIDE, 8443),  # the load balancer to a task
        ("private", "egress", INSIDE, 1024),  # and the answer
        ("private", "egress", INSIDE, 443),  # a task to an interface endpoint
        ("private", "egress", OUTSIDE, 443),  # a task to a gateway endpoint or through NAT
        ("private", "ingress", OUTSIDE, 32768),  # and the answer
        ("private", "ingress", OUTSIDE, 60999),
    ],
)
def test_traffic_of_the_site_passes(tier: str, direction: str, peer: str, port: int) -> None:
    assert allowed(ACLS[tier][direction], peer, port)


@pytest.mark.parametrize(
    ("tier", "direction", "port"),
    [
        ("public", "ingress", 22),
        ("public", "ingress", 80),
        ("public", "egress", 25),
        ("public", "egress", 80),
        ("private", "ingress", 443),
        ("private", "ingress", 8443),
        ("private", "ingress", 32767),
        ("private", "egress", 80),
        ("private", "egress", 51234),
    ],
)
def test_other_traffic_with_the_internet_does_not(tier: str, direction: str, port: int) -> None:
    assert not allowed(ACLS[tier][direction], OUTSIDE, port)


@pytest.mark.parametrize("tier", ["public", "private"])
@pytest.mark.parametrize("direction", ["ingress", "egress"])
def test_no_datagram_passes_from_or_to_the_internet(tier: str, direction: str) -> None:
    assert not any(allowed(ACLS[tier][direction], OUTSIDE, port, "udp") for port in (53, 443, 40000))


def test_ports_of_the_load_balancer_are_let_in_and_no_others() -> None:
    rules = network_acls(VPC, ["443", 80, 80], [443])["public"]["ingress"]
    assert allowed(rules, OUTSIDE, 80)
    assert allowed(rules, OUTSIDE, 443)
    assert not allowed(rules, OUTSIDE, 81)


def test_an_acl_holds_the_rules_and_every_number_is_its_own() -> None:
    for directions in network_acls(VPC, range(440, 450), range(440, 450)).values():
        for rules in directions.values():
            numbers = [rule["rule_number"] for rule in rules]
            assert len(numbers) == len(set(numbers)) <= 20


@pytest.mark.parametrize("ports", [[], [0], [65536], list(range(1, 12))])
def test_ports_that_cannot_be_are_refused(ports: list[int]) -> None:
    with pytest.raises(NetworkProblem, match=r"network_public_ports is .*expected from one to 10 ports"):
        network_acls(VPC, ports, [443])


def test_tasks_get_out_on_their_ports_through_both_tiers() -> None:
    for tier in network_acls(VPC, [443], [5671, 443]).values():
        ports = [
            rule["from_port"] for rule in tier["egress"] if rule["protocol"] == "tcp" and rule["rule_number"] < 400
        ]
        assert ports == [443, 5671]


@pytest.mark.parametrize(
    ("ports", "message"),
    [([], "expected from one to 10 ports"), ([0, 443], "between 1 and 65535"), ([5671], "expected 443 among them")],
)
def test_ports_that_would_cut_the_endpoints_off_are_refused(ports: list[int], message: str) -> None:
    with pytest.raises(NetworkProblem, match=rf"network_egress_ports is .*{message}"):
        network_acls(VPC, [443], ports)
