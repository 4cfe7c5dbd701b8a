# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""What tasks may reach besides the endpoints of the network: a pure function over the user's rules."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from ipaddress import IPv4Network
from typing import Any

KEYS = {"description", "port", "cidrs"}
# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpRange.html
DESCRIPTION = re.compile(r"[a-zA-Z0-9. _\-:/()#,@\[\]+=&;{}!$*]{1,255}")


class EgressProblem(ValueError):
    """A rule is malformed; the message says which, and what was expected."""


def task_egress(rules: Sequence[Any], open_ports: Sequence[int]) -> list[dict[str, Any]]:
    """Return rules of M(amazon.aws.ec2_security_group) for rules with description, port and cidrs.

    `open_ports` are those on which the network ACLs let tasks out; none means that they are not known.
    Raises EgressProblem for a rule that EC2 would not take, or that would have no effect.
    """
    found = [_rule(number, rule, open_ports) for number, rule in enumerate(rules, start=1)]
    targets = [(rule["ports"][0], cidr) for rule in found for cidr in rule["cidr_ip"]]
    if twice := [f"port {port} of {cidr}" for port, cidr in targets if targets.count((port, cidr)) > 1]:
        raise EgressProblem(f"security_task_egress has {twice[0]} twice; say it once, with one description.")
    return found


def _rule(number: int, rule: Any, open_ports: Sequence[int]) -> dict[str, Any]:
    name = f"security_task_egress has rule {number}, which"
    if not isinstance(rule, Mapping) or set(rule) != KEYS:
        raise EgressProblem(f"{name} needs description, port and cidrs, and nothing else.")
    description, port, cidrs = str(rule["description"]), rule["port"], rule["cidrs"]
    if not DESCRIPTION.fullmatch(description):
        raise EgressProblem(
            f"{name} has the description {description!r}; EC2 takes 1 to 255 letters, digits and "
            "._-:/()#,@[]+=&;{}!$*."
        )
    if not str(port).isdecimal() or not 1 <= int(port) <= 65535:
        raise EgressProblem(f"{name} has the port {port}; expected a number from 1 to 65535.")
    if open_ports and int(port) not in open_ports:
        raise EgressProblem(
            f"{name} is for port {port}, but the network ACLs let tasks out on {_listed(open_ports)} only: "
            "add it to network_egress_ports."
        )
    if not isinstance(cidrs, list) or not cidrs:
        raise EgressProblem(f"{name} needs a list of at least one network in cidrs, such as 192.0.2.0/24.")
    return {
        "proto": "tcp",
        "ports": [int(port)],
        "cidr_ip": [_cidr(name, cidr) for cidr in cidrs],
        "rule_desc": description,
    }


def _cidr(name: str, cidr: Any) -> str:
    try:
        return str(IPv4Network(str(cidr)))
    except ValueError as problem:
        raise EgressProblem(
            f"{name} has the network {cidr}: {problem}. Expected one of IPv4, such as 192.0.2.0/24."
        ) from None


def _listed(ports: Sequence[int]) -> str:
    return ", ".join(str(port) for port in sorted(ports))
