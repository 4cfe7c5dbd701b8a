# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a network ACL."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._network_acl_plan import (
    associations,
    checked,
    described,
    find,
    plan_entries,
    request,
)
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

HTTPS = {
    "rule_number": 100,
    "action": "allow",
    "protocol": "tcp",
    "cidr": "0.0.0.0/0",
    "from_port": 443,
    "to_port": 443,
}
INSIDE = {"rule_number": 90, "action": "deny", "protocol": "all", "cidr": "10.0.0.0/16"}
TOO_BIG = {
    "rule_number": 110,
    "action": "allow",
    "protocol": "icmp",
    "cidr": "0.0.0.0/0",
    "icmp_type": 3,
    "icmp_code": 4,
}
LAST = {"RuleNumber": 32767, "RuleAction": "deny", "Protocol": "-1", "CidrBlock": "0.0.0.0/0"}


def acl(*entries: tuple[dict[str, Any], bool]) -> dict[str, Any]:
    """Return an ACL as EC2 describes it."""
    return {"Entries": [*(request(*entry) for entry in entries), *({**LAST, "Egress": way} for way in (True, False))]}


def test_entries_are_read_as_they_are_written() -> None:
    there = acl((TOO_BIG, False), (HTTPS, False), (INSIDE, True))
    assert described(there, egress=False) == [HTTPS, TOO_BIG]
    assert described(there, egress=True) == [INSIDE]


def test_acl_that_is_as_it_should_be_needs_nothing() -> None:
    assert not plan_entries(acl((HTTPS, False), (INSIDE, True)), {False: [HTTPS], True: [INSIDE]})


def test_new_changed_and_surplus_entries_are_told_apart_by_direction() -> None:
    there = acl((HTTPS, False), (INSIDE, True))
    changes = plan_entries(there, {False: [{**HTTPS, "to_port": 444}, TOO_BIG], True: []})
    assert [entry["RuleNumber"] for entry in changes.create] == [110]
    assert [entry["PortRange"] for entry in changes.replace] == [{"From": 443, "To": 444}]
    assert changes.delete == ((True, 90),)


def test_entry_of_another_family_or_protocol_is_surplus() -> None:
    foreign = {"RuleNumber": 7, "RuleAction": "allow", "Protocol": "58", "Ipv6CidrBlock": "::/0", "Egress": False}
    there = {"Entries": [{**foreign, "IcmpTypeCode": {"Type": -1, "Code": -1}}]}
    assert plan_entries(there, {False: [], True: []}).delete == ((False, 7),)


def test_rules_are_put_in_the_order_of_their_numbers() -> None:
    assert [rule["rule_number"] for rule in checked([TOO_BIG, INSIDE, HTTPS], "ingress")] == [90, 100, 110]


def test_arguments_that_ansible_leaves_empty_are_dropped() -> None:
    empty = dict.fromkeys(("from_port", "to_port", "icmp_type", "icmp_code"))
    assert checked([{**empty, **HTTPS}], "ingress") == [HTTPS]


@pytest.mark.parametrize(
    "rule", [{**TOO_BIG, "icmp_code": None}, {**HTTPS, "from_port": None}, {**INSIDE, "icmp_type": 3}]
)
def test_what_a_protocol_needs_and_no_more_is_expected(rule: dict[str, Any]) -> None:
    with pytest.raises(PlanError, match=f"^rule {rule['rule_number']} of egress has the protocol .*; expected "):
        checked([rule], "egress")


def test_subnets_are_found_with_their_association_and_their_acl() -> None:
    attached = {"NetworkAclId": "acl-1", "Associations": [{"NetworkAclAssociationId": "x", "SubnetId": "s"}]}
    assert associations([attached, {"NetworkAclId": "acl-2"}]) == {"s": ("x", "acl-1")}


def test_default_acl_is_never_found_by_a_name() -> None:
    tagged = {"NetworkAclId": "acl-1", "IsDefault": True, "Tags": [{"Key": "Name", "Value": "shop"}]}
    assert find([tagged], "shop") is None
    assert find([tagged], None) == tagged
