# SPDX-License-Identifier: GPL-3.0-or-later
"""What tasks may reach, as rules of a security group."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._task_egress import EgressProblem, task_egress

GOOD = {"description": "Payments", "port": 443, "cidrs": ["192.0.2.0/24", "198.51.100.7/32"]}


def test_rule_becomes_one_of_a_security_group() -> None:
    assert task_egress([GOOD], [443]) == [
        {"proto": "tcp", "ports": [443], "cidr_ip": ["192.0.2.0/24", "198.51.100.7/32"], "rule_desc": "Payments"}
    ]
    assert task_egress([], [443]) == []


def test_ports_are_not_judged_when_the_network_is_not_known() -> None:
    (rule,) = task_egress([{**GOOD, "port": "5671"}], [])
    assert rule["ports"] == [5671]


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"description": ""}, "has the description ''; EC2 takes 1 to 255"),
        ({"description": "ünfair"}, "has the description 'ünfair'"),
        ({"description": "a" * 256}, "EC2 takes 1 to 255"),
        ({"port": 0}, "has the port 0; expected a number from 1 to 65535"),
        ({"port": "https"}, "has the port https"),
        (
            {"port": 5671},
            "is for port 5671, but the network ACLs let tasks out on 443 only: add it to network_egress_ports",
        ),
        ({"cidrs": []}, "needs a list of at least one network in cidrs"),
        ({"cidrs": "192.0.2.0/24"}, "needs a list of at least one network in cidrs"),
        ({"cidrs": ["192.0.2.7/24"]}, "has the network 192.0.2.7/24: 192.0.2.7/24 has host bits set"),
        ({"cidrs": ["2001:db8::/32"]}, "has the network 2001:db8::/32: .* Expected one of IPv4"),
        ({"protocol": "udp"}, "needs description, port and cidrs, and nothing else"),
    ],
)
def test_malformed_rule_is_named(changes: dict[str, Any], message: str) -> None:
    with pytest.raises(EgressProblem, match=f"security_task_egress has rule 2, which .*{message}"):
        task_egress([GOOD, {**GOOD, "cidrs": ["203.0.113.0/24"], **changes}], [443])


@pytest.mark.parametrize("rule", ["anything", {"port": 443}, None])
def test_what_is_no_rule_is_named(rule: Any) -> None:
    with pytest.raises(EgressProblem, match="rule 1, which needs description, port and cidrs"):
        task_egress([rule], [443])


def test_same_target_twice_is_refused() -> None:
    """EC2 takes the second for the first, with another description, and every run would change it back."""
    with pytest.raises(EgressProblem, match=r"has port 443 of 192.0.2.0/24 twice"):
        task_egress([GOOD, {**GOOD, "description": "The same", "cidrs": ["192.0.2.0/24"]}], [443])
