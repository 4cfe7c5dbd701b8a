# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups and network ACLs as CloudFormation writes them."""

from __future__ import annotations

from collections.abc import Iterator

from tests.audit.state.reading import Item, State
from tests.audit.template.network import subnet_names
from tests.audit.template.resource import Resource, Resources, tag, tags, take

ALWAYS_LAST = 32767
SOURCES = {
    "IpRanges": (("CidrIp", "CidrIp"), ("CidrIp", "CidrIp")),
    "Ipv6Ranges": (("CidrIpv6", "CidrIpv6"), ("CidrIpv6", "CidrIpv6")),
    "PrefixListIds": (("SourcePrefixListId", "PrefixListId"), ("DestinationPrefixListId", "PrefixListId")),
    "UserIdGroupPairs": (("SourceSecurityGroupId", "GroupId"), ("DestinationSecurityGroupId", "GroupId")),
}


def resources(state: State) -> Resources:
    """Return the groups and ACLs; CloudFormation can express no default ones, which a gate on the live state judges."""
    for group in state["security_groups"]:
        if group["GroupName"] != "default":
            yield from _security_group(group)
    zones = subnet_names(state)
    for acl in state["network_acls"]:
        if not acl["IsDefault"]:
            yield from _network_acl(acl, zones)


def _security_group(group: Item) -> Resources:
    name, group_id = group["GroupName"], group["GroupId"]
    # Groups that name each other would depend on each other: what comes from a group is a resource of its own.
    rules = list(_rules(group["IpPermissions"], egress=False))
    wanted = {"GroupName": name, "GroupDescription": group["Description"], "VpcId": group["VpcId"]}
    inline = {
        "SecurityGroupIngress": [rule for rule in rules if "SourceSecurityGroupId" not in rule],
        # Without any, CloudFormation would let everything out.
        "SecurityGroupEgress": list(_rules(group["IpPermissionsEgress"], egress=True)),
    }
    yield Resource("AWS::EC2::SecurityGroup", name, wanted | inline | tags(group), {group_id: "GroupId"})
    for number, rule in enumerate(rule for rule in rules if "SourceSecurityGroupId" in rule):
        yield Resource("AWS::EC2::SecurityGroupIngress", f"{name} {number}", {"GroupId": group_id} | rule)


def _rules(permissions: list[Item], egress: bool) -> Iterator[Item]:
    for permission in permissions:
        ports = take(permission, "IpProtocol", "FromPort", "ToPort")
        for kind, names in SOURCES.items():
            target, key = names[egress]
            for source in permission.get(kind, []):
                yield ports | {target: source[key]} | take(source, "Description")


def _network_acl(acl: Item, zones: dict[str, str]) -> Resources:
    name, acl_id = tag(acl, "Name") or acl["NetworkAclId"], acl["NetworkAclId"]
    yield Resource("AWS::EC2::NetworkAcl", name, take(acl, "VpcId") | tags(acl), {acl_id: ""})
    for entry in acl["Entries"]:
        if entry["RuleNumber"] != ALWAYS_LAST:
            yield _entry(name, acl_id, entry)
    for association in acl["Associations"]:
        both = {"NetworkAclId": acl_id, "SubnetId": association["SubnetId"]}
        yield Resource("AWS::EC2::SubnetNetworkAclAssociation", f"{name} {zones[association['SubnetId']]}", both)


def _entry(name: str, acl_id: str, entry: Item) -> Resource:
    wanted = take(entry, "CidrBlock", "Ipv6CidrBlock", "RuleAction", "RuleNumber", "Egress", "PortRange")
    protocol = {"NetworkAclId": acl_id, "Protocol": int(entry["Protocol"])}
    icmp = {"Icmp": entry["IcmpTypeCode"]} if entry.get("IcmpTypeCode") else {}
    direction = "out" if entry["Egress"] else "in"
    return Resource("AWS::EC2::NetworkAclEntry", f"{name} {direction} {entry['RuleNumber']}", wanted | protocol | icmp)
