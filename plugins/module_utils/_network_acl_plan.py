# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a network ACL, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import tag_change, tags_of

# The rule that AWS adds to every ACL: whatever no other rule matches is denied.
LAST_RULE = 32767
PROTOCOLS = {"all": "-1", "icmp": "1", "tcp": "6", "udp": "17"}
NAMES = {number: name for name, number in PROTOCOLS.items()}
Entry = Mapping[str, Any]


@dataclass(frozen=True)
class Changes:
    """Entries to be put (new, or in place of another with their number) and numbers to be deleted, by direction."""

    create: tuple[dict[str, Any], ...]
    replace: tuple[dict[str, Any], ...]
    delete: tuple[tuple[bool, int], ...]

    def __bool__(self) -> bool:
        return bool(self.create or self.replace or self.delete)


def checked(entries: Sequence[Entry], option: str) -> list[dict[str, Any]]:
    """Return the entries of one direction, normalised and in order.

    Raises PlanError for a number that occurs twice or is out of range, a network that AWS would change or refuse, and
    ports that the protocol lacks or does not have.
    """
    numbers = [entry["rule_number"] for entry in entries]
    for number in numbers:
        if numbers.count(number) > 1:
            raise PlanError(f"{option} has two rules with the number {number}; expected each number once.")
        if not 1 <= number < LAST_RULE:
            raise PlanError(f"{option} has a rule with the number {number}; expected one from 1 to {LAST_RULE - 1}.")
    return sorted((_checked(entry, option) for entry in entries), key=lambda entry: int(entry["rule_number"]))


def _checked(entry: Entry, option: str) -> dict[str, Any]:
    where = f"rule {entry['rule_number']} of {option}"
    try:
        IPv4Network(entry["cidr"])
    except ValueError as error:
        raise PlanError(f"{where} has the cidr {entry['cidr']!r}: {error}. Expected one such as 10.0.0.0/16.") from None
    values = {key: entry.get(key) for key in ("from_port", "to_port", "icmp_type", "icmp_code")}
    needed = {"tcp": ("from_port", "to_port"), "udp": ("from_port", "to_port"), "icmp": ("icmp_type", "icmp_code")}
    expected = needed.get(entry["protocol"], ())
    given = tuple(key for key, value in values.items() if value is not None)
    if given != expected:
        raise PlanError(
            f"{where} has the protocol {entry['protocol']} and sets {' and '.join(given) or 'no ports'}; "
            f"expected {' and '.join(expected) or 'no ports'}."
        )
    basic = {key: entry[key] for key in ("rule_number", "action", "protocol", "cidr")}
    return {**basic, **{key: values[key] for key in expected}}


def described(acl: Mapping[str, Any], egress: bool) -> list[dict[str, Any]]:
    """Return the entries of one direction as options write them, without the one that AWS adds."""
    entries = [
        _described(entry)
        for entry in acl.get("Entries", [])
        if entry["Egress"] is egress and entry["RuleNumber"] < LAST_RULE
    ]
    return sorted(entries, key=lambda entry: int(entry["rule_number"]))


def _described(entry: Mapping[str, Any]) -> dict[str, Any]:
    protocol = NAMES.get(str(entry["Protocol"]), str(entry["Protocol"]))
    found = {
        "rule_number": entry["RuleNumber"],
        "action": entry["RuleAction"],
        "protocol": protocol,
        "cidr": entry.get("CidrBlock") or entry.get("Ipv6CidrBlock"),
    }
    if "PortRange" in entry and protocol in ("tcp", "udp"):
        found |= {"from_port": entry["PortRange"]["From"], "to_port": entry["PortRange"]["To"]}
    if "IcmpTypeCode" in entry and protocol == "icmp":
        found |= {"icmp_type": entry["IcmpTypeCode"]["Type"], "icmp_code": entry["IcmpTypeCode"]["Code"]}
    return found


def plan_entries(acl: Mapping[str, Any], wanted: Mapping[bool, Sequence[Entry]]) -> Changes:
    """Return what makes the entries of an ACL those that are wanted: by direction, true for egress."""
    create: list[dict[str, Any]] = []
    replace: list[dict[str, Any]] = []
    delete: list[tuple[bool, int]] = []
    for egress, entries in wanted.items():
        current = {entry["rule_number"]: entry for entry in described(acl, egress)}
        for entry in entries:
            number = entry["rule_number"]
            if number not in current:
                create.append(request(entry, egress))
            elif current[number] != dict(entry):
                replace.append(request(entry, egress))
        delete += [(egress, number) for number in current if number not in {one["rule_number"] for one in entries}]
    return Changes(tuple(create), tuple(replace), tuple(delete))


def request(entry: Entry, egress: bool) -> dict[str, Any]:
    """Return an entry as CreateNetworkAclEntry and ReplaceNetworkAclEntry take it."""
    arguments = {
        "RuleNumber": entry["rule_number"],
        "RuleAction": entry["action"],
        "Protocol": PROTOCOLS[entry["protocol"]],
        "CidrBlock": entry["cidr"],
        "Egress": egress,
    }
    if "from_port" in entry:
        arguments["PortRange"] = {"From": entry["from_port"], "To": entry["to_port"]}
    if "icmp_type" in entry:
        arguments["IcmpTypeCode"] = {"Type": entry["icmp_type"], "Code": entry["icmp_code"]}
    return arguments


def associations(acls: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, str]]:
    """Return, for each subnet of a VPC, the id of its association and of its ACL."""
    return {
        association["SubnetId"]: (association["NetworkAclAssociationId"], acl["NetworkAclId"])
        for acl in acls
        for association in acl.get("Associations", [])
        if association.get("SubnetId")
    }


def find(acls: Sequence[Mapping[str, Any]], name: str | None) -> Mapping[str, Any] | None:
    """Return the ACL with a name, or the default one for no name; raises PlanError when several have the name."""
    if name is None:
        return next((acl for acl in acls if acl["IsDefault"]), None)
    found = [acl for acl in acls if not acl["IsDefault"] and {"Key": "Name", "Value": name} in (acl.get("Tags") or [])]
    if len(found) > 1:
        ids = ", ".join(acl["NetworkAclId"] for acl in found)
        raise PlanError(f"{len(found)} network ACLs are named {name} ({ids}); expected one. Rename the others.")
    return found[0] if found else None


def view(acl: Mapping[str, Any], subnets: Sequence[str]) -> dict[str, Any]:
    """Return what there is, as it is returned and shown in a diff."""
    return {
        "network_acl_id": acl.get("NetworkAclId", ""),
        "ingress": described(acl, egress=False),
        "egress": described(acl, egress=True),
        "subnet_ids": sorted(subnets),
        "tags": tags_of(acl),
    }


def desired(params: Mapping[str, Any], before: Mapping[str, Any]) -> dict[str, Any]:
    """Return what there should be."""
    name = {"Name": params["name"]} if params["name"] else {}
    # The name of a default ACL is not ours to remove.
    wanted = {**before["tags"]} if params["default"] and not params["tags"] else {**params["tags"], **name}
    change = tag_change(before["network_acl_id"], before["tags"], wanted, params["purge_tags"])
    kept = {key: value for key, value in before["tags"].items() if key not in change.unset}
    subnets = before["subnet_ids"] if params["subnet_ids"] is None else sorted(set(params["subnet_ids"]))
    return {
        "network_acl_id": before["network_acl_id"],
        "ingress": checked(params["ingress"], "ingress"),
        "egress": checked(params["egress"], "egress"),
        "subnet_ids": subnets,
        "tags": {**kept, **wanted},
    }
