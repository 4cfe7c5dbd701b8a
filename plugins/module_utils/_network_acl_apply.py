# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write what differs of a network ACL, in an order that cuts no traffic off."""

from __future__ import annotations

from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils import _network_acl_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._network_acl_plan import associations, find, plan_entries
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import apply_tags, tag_change, tags_of


def remove(client: Any, acl: Any, acls: list[Any]) -> None:
    """Move the subnets to the default ACL and delete this one."""
    default = find(acls, None)
    for association, owner in associations(acls).values():
        if owner == acl["NetworkAclId"] and default:
            api.move_subnet(client, association, default["NetworkAclId"])
    api.delete_network_acl(client, acl["NetworkAclId"])


def apply(client: Any, acl: Any, acls: list[Any], vpc_id: str, after: dict[str, Any]) -> str:
    """Write what differs: rules first, then subnets; return the id of the ACL."""
    if not acl:
        acl = api.create_network_acl(client, vpc_id, after["tags"])
    acl_id = str(acl["NetworkAclId"])
    apply_tags(client, tag_change(acl_id, tags_of(acl), after["tags"], purge=True), api.NOT_YET)
    changes = plan_entries(acl, {False: after["ingress"], True: after["egress"]})
    api.apply_entries(client, acl_id, changes)
    attached, default = associations(acls), find(acls, None)
    for subnet in after["subnet_ids"]:
        if subnet not in attached:
            # A subnet that was made a moment ago: EC2 knows it, and not yet its association.
            attached |= associations(api.list_network_acls_of(client, subnet))
        association, owner = attached[subnet]
        if owner != acl_id:
            api.move_subnet(client, association, acl_id)
    for subnet, (association, owner) in attached.items():
        if owner == acl_id and subnet not in after["subnet_ids"] and default:
            api.move_subnet(client, association, default["NetworkAclId"])
    return acl_id
