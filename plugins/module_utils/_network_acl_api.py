# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to EC2 about network ACLs, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory
from ansible_collections.palisade.ecs.plugins.module_utils._network_acl_plan import Changes
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import call, list_all, tag_specifications

NOT_YET = ("InvalidNetworkAclID.NotFound",)


def list_network_acls(client: Any, vpc_id: str) -> list[dict[str, Any]]:
    """List the ACLs of a VPC."""
    return _list(client, f"list the network ACLs of {vpc_id}", "vpc-id", vpc_id)


def list_network_acls_of(client: Any, subnet_id: str) -> list[dict[str, Any]]:
    """List the one ACL of a subnet, which EC2 does not know at once when the subnet is new.

    Raises AnsibleAWSError when there is none after half a minute.
    """
    filters = [{"Name": "association.subnet-id", "Values": [subnet_id]}]

    @AWSErrorHandler.common_error_handler(f"find the network ACL of {subnet_id}")
    def wait() -> None:
        AclWaiterFactory().get_waiter(client, "network_acl_of_subnet").wait(Filters=filters)

    wait()
    return _list(client, f"find the network ACL of {subnet_id}", "association.subnet-id", subnet_id)


def _list(client: Any, what: str, name: str, value: str) -> list[dict[str, Any]]:
    filters = [{"Name": name, "Values": [value]}]
    return list_all(client, what, "describe_network_acls", "NetworkAcls", Filters=filters)


class AclWaiterFactory(BaseWaiterFactory):
    """Makes the waiter that botocore lacks."""

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        found = {"state": "success", "matcher": "path", "argument": "length(NetworkAcls[])", "expected": 1}
        return {
            "network_acl_of_subnet": {
                "operation": "DescribeNetworkAcls",
                "delay": 2,
                "maxAttempts": 15,
                "acceptors": [found],
            }
        }


def create_network_acl(client: Any, vpc_id: str, tags: Mapping[str, str]) -> dict[str, Any]:
    """Create an ACL, which denies everything."""
    specifications = tag_specifications("network-acl", tags)
    what = f"create a network ACL in {vpc_id}"
    answer = call(client, what, "create_network_acl", VpcId=vpc_id, TagSpecifications=specifications)
    return {**answer["NetworkAcl"], "Tags": [tag for one in specifications for tag in one["Tags"]]}


def apply_entries(client: Any, acl_id: str, changes: Changes) -> None:
    """Put new and changed entries, then delete the others, so that nothing allowed both before and after is denied."""
    what = f"set the rules of {acl_id}"
    for entry in changes.create:
        call(client, what, "create_network_acl_entry", NOT_YET, NetworkAclId=acl_id, **entry)
    for entry in changes.replace:
        call(client, what, "replace_network_acl_entry", NetworkAclId=acl_id, **entry)
    for egress, number in changes.delete:
        call(client, what, "delete_network_acl_entry", NetworkAclId=acl_id, Egress=egress, RuleNumber=number)


def move_subnet(client: Any, association_id: str, acl_id: str) -> None:
    """Give the subnet of an association another ACL."""
    what = f"attach {acl_id} in place of {association_id}"
    call(
        client,
        what,
        "replace_network_acl_association",
        NOT_YET,
        AssociationId=association_id,
        NetworkAclId=acl_id,
    )


def delete_network_acl(client: Any, acl_id: str) -> None:
    """Delete an ACL that has no subnets."""
    call(client, f"delete network ACL {acl_id}", "delete_network_acl", NetworkAclId=acl_id)
