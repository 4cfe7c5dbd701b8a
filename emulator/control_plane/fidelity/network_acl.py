# SPDX-License-Identifier: GPL-3.0-or-later
"""Network ACLs as AWS answers them."""

from __future__ import annotations

from typing import Any

from moto.ec2.models.network_acls import NetworkAclBackend
from moto.ec2.responses.network_acls import NetworkACLs

from emulator.control_plane.fidelity.error import AwsError

LAST_RULE = 32767
# The default quota: https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html
RULES_PER_DIRECTION = 20


def apply() -> None:
    """Install the patches."""
    _deny_by_the_last_rule(NetworkAclBackend)
    _check_entries(NetworkAclBackend)
    _miss_entries(NetworkAclBackend)
    for name in ("create_network_acl_entry", "replace_network_acl_entry"):
        _read_icmp_types(NetworkACLs, name)


def _deny_by_the_last_rule(backend_class: Any) -> None:
    """AWS: a new ACL lists a last rule in each direction, which denies everything. moto: no entries.

    https://docs.aws.amazon.com/vpc/latest/userguide/custom-network-acl.html
    """
    original = backend_class.create_network_acl

    def create_network_acl(backend: Any, vpc_id: str, tags: Any = None, default: bool = False) -> Any:
        acl = original(backend, vpc_id, tags, default)
        for egress in () if default else (True, False):
            backend.create_network_acl_entry(
                network_acl_id=acl.id,
                rule_number=LAST_RULE,
                protocol="-1",
                rule_action="deny",
                egress=egress,
                cidr_block="0.0.0.0/0",
                icmp_code=None,
                icmp_type=None,
                port_range_from=None,
                port_range_to=None,
                ipv6_cidr_block=None,
            )
        return acl

    backend_class.create_network_acl = create_network_acl


def _check_entries(backend_class: Any) -> None:
    """AWS: refuses a TCP or UDP entry without ports and more rules than the quota. moto: takes both.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
    """
    original = backend_class.create_network_acl_entry

    def create_network_acl_entry(backend: Any, **options: Any) -> Any:
        if str(options["protocol"]) in ("6", "17") and options["port_range_from"] is None:
            raise AwsError("MissingParameter", "The request must contain the parameter portRange")
        acl = backend.get_network_acl(options["network_acl_id"])
        rules = [
            entry
            for entry in acl.network_acl_entries
            if entry.egress == options["egress"] and entry.rule_number < LAST_RULE
        ]
        if len(rules) >= RULES_PER_DIRECTION and options["rule_number"] < LAST_RULE:
            raise AwsError("NetworkAclEntryLimitExceeded", f"{acl.id} has as many entries as it may have")
        return original(backend, **options)

    backend_class.create_network_acl_entry = create_network_acl_entry


def _miss_entries(backend_class: Any) -> None:
    """AWS: says that an entry is missing which is to be deleted or replaced. moto: fails with HTTP 500."""
    original = backend_class.delete_network_acl_entry

    def delete_network_acl_entry(backend: Any, network_acl_id: str, rule_number: int, egress: bool) -> Any:
        entries = backend.get_network_acl(network_acl_id).network_acl_entries
        if not any(entry.egress == egress and entry.rule_number == rule_number for entry in entries):
            raise AwsError(
                "InvalidNetworkAclEntry.NotFound",
                f"The network ACL '{network_acl_id}' has no entry with number {rule_number}",
            )
        return original(backend, network_acl_id, rule_number, egress)

    backend_class.delete_network_acl_entry = delete_network_acl_entry


def _read_icmp_types(response_class: Any, name: str) -> None:
    """AWS: keeps type and code of an ICMP entry. moto: looks for them under a name that they do not have."""
    original = getattr(response_class, name)

    def write_entry(response: Any) -> Any:
        read = response._get_param
        response._get_param = lambda key, *default: read(key.replace("Icmp.", "IcmpTypeCode."), *default)
        return original(response)

    setattr(response_class, name, write_entry)
