# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""The rules of the network ACLs, one per tier: pure functions."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem

ANYWHERE = "0.0.0.0/0"
# Load balancer nodes and NAT gateways: https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
EPHEMERAL = (1024, 65535)
# Linux on Fargate takes 32768-60999; the rest up to the end is what other systems' guides ask for.
EPHEMERAL_OF_TASKS = (32768, 65535)
HTTPS = 443
# A rule per port, of the twenty that an ACL may have.
MOST_PORTS = 10

Rule = dict[str, Any]


def _tcp(number: int, cidr: str, first: int, last: int) -> Rule:
    return {"rule_number": number, "protocol": "tcp", "cidr": cidr, "from_port": first, "to_port": last}


def _everything(number: int, cidr: str) -> Rule:
    return {"rule_number": number, "protocol": "all", "cidr": cidr}


def _packet_too_big(number: int) -> Rule:
    # Type 3, code 4: without it a path with a smaller MTU swallows large packets and nobody learns why.
    # https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/network_mtu.html#path_mtu_discovery
    return {"rule_number": number, "protocol": "icmp", "cidr": ANYWHERE, "icmp_type": 3, "icmp_code": 4}


def network_acls(
    vpc_cidr: str, public_ports: Sequence[Any], egress_ports: Sequence[Any]
) -> dict[str, dict[str, list[Rule]]]:
    """Return the rules in and out for the public and the private tier.

    Public: clients come in on the ports of the load balancer, answers to NAT gateways on theirs; out go answers to
    clients, and what NAT gateways forward. Private: the VPC; out to anywhere on the egress ports, which have HTTPS, and
    in the answers, because NAT gateways and gateway endpoints answer from public addresses, which no rule can name by
    prefix list.
    Raises NetworkProblem for ports that cannot be.
    """
    ports = _ports("network_public_ports", public_ports, "those on which the load balancer listens")
    way_out = [_tcp(200 + 10 * index, ANYWHERE, port, port) for index, port in enumerate(_egress_ports(egress_ports))]
    return {
        "public": {
            "ingress": [
                _everything(100, vpc_cidr),
                *(_tcp(200 + 10 * index, ANYWHERE, port, port) for index, port in enumerate(ports)),
                _tcp(400, ANYWHERE, *EPHEMERAL),
                _packet_too_big(500),
            ],
            "egress": [
                _everything(100, vpc_cidr),
                *way_out,
                _tcp(400, ANYWHERE, *EPHEMERAL),
                _packet_too_big(500),
            ],
        },
        "private": {
            "ingress": [_everything(100, vpc_cidr), _tcp(400, ANYWHERE, *EPHEMERAL_OF_TASKS), _packet_too_big(500)],
            "egress": [_everything(100, vpc_cidr), *way_out],
        },
    }


def _egress_ports(given: Sequence[Any]) -> list[int]:
    ports = _ports("network_egress_ports", given, "those on which tasks reach the internet")
    if HTTPS not in ports:
        raise NetworkProblem(
            f"network_egress_ports is {list(given)}; expected {HTTPS} among them, for the gateway endpoints."
        )
    return ports


def _ports(variable: str, given: Sequence[Any], purpose: str) -> list[int]:
    ports = sorted({int(port) for port in given})
    wrong = [str(port) for port in ports if not 1 <= port <= 65535]
    if wrong or not ports or len(ports) > MOST_PORTS:
        raise NetworkProblem(
            f"{variable} is {list(given)}; expected from one to {MOST_PORTS} ports between 1 and 65535, {purpose}."
        )
    return ports
