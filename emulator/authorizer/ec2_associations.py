# SPDX-License-Identifier: GPL-3.0-or-later
"""What EC2 has associated: requests that change an association name nothing but its id."""

from __future__ import annotations

from typing import Any

from moto.ec2.models import ec2_backends

from emulator.settings import ACCOUNT_ID, REGION


def of(association: str) -> tuple[str, ...]:
    """Return the ids of what an association is between.

    Of a network ACL that is replaced only the subnet is meant, for the new ACL is in the request.
    """
    ec2: Any = ec2_backends[ACCOUNT_ID][REGION]
    for acl in list(ec2.network_acls.values()):
        if found := acl._associations.get(association):
            return (str(found.subnet_id),)
    for table in list(ec2.route_tables.values()):
        if target := table._associations.get(association):
            return (str(table.id), str(target))
    return tuple(str(one.allocation_id) for one in list(ec2.addresses.values()) if one.association_id == association)
