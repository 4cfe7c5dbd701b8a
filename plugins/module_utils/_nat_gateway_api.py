# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to EC2 about NAT gateways and elastic IPs, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import uuid4

from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import call, list_all, tag_specifications, wait

NOT_YET = ("InvalidAllocationID.NotFound", "InvalidSubnetID.NotFound", "NatGatewayNotFound")


def list_nat_gateways(client: Any, vpc_id: str) -> list[dict[str, Any]]:
    """List the NAT gateways of a VPC; EC2 lists a deleted one for about an hour."""
    filters = [{"Name": "vpc-id", "Values": [vpc_id]}]
    what = f"list the NAT gateways of {vpc_id}"
    return list_all(client, what, "describe_nat_gateways", "NatGateways", Filter=filters)


def list_addresses(client: Any) -> list[dict[str, Any]]:
    """List the elastic IPs of the account in the region; the answer has no pages."""
    addresses = call(client, "list the elastic IPs", "describe_addresses")["Addresses"]
    return [address for address in addresses if address.get("AllocationId")]


def allocate_address(client: Any, tags: Mapping[str, str]) -> str:
    """Allocate an elastic IP that bears its tags from the start, so that none can be lost."""
    specifications = tag_specifications("elastic-ip", tags)
    answer = call(client, "allocate an elastic IP", "allocate_address", Domain="vpc", TagSpecifications=specifications)
    return str(answer["AllocationId"])


def create_nat_gateway(client: Any, subnet_id: str, allocation_id: str, tags: Mapping[str, str]) -> str:
    """Create a NAT gateway, and only one however often the call has to be repeated."""
    answer = call(
        client,
        f"create a NAT gateway in {subnet_id}",
        "create_nat_gateway",
        NOT_YET,
        SubnetId=subnet_id,
        AllocationId=allocation_id,
        ClientToken=str(uuid4()),
        TagSpecifications=tag_specifications("natgateway", tags),
    )
    return str(answer["NatGateway"]["NatGatewayId"])


def wait_until_available(client: Any, gateway_ids: Sequence[str], timeout: int) -> None:
    """Wait for gateways; raises AnsibleAWSError when one fails or takes longer."""
    what = f"wait until {', '.join(gateway_ids)} can be used"
    wait(client, what, "nat_gateway_available", timeout, NatGatewayIds=list(gateway_ids))


def delete_nat_gateway(client: Any, gateway_id: str) -> None:
    """Start to delete a NAT gateway."""
    call(client, f"delete NAT gateway {gateway_id}", "delete_nat_gateway", NatGatewayId=gateway_id)


def wait_until_deleted(client: Any, gateway_ids: Sequence[str], timeout: int) -> None:
    """Wait until gateways have let go of their addresses."""
    what = f"wait until {', '.join(gateway_ids)} are deleted"
    wait(client, what, "nat_gateway_deleted", timeout, NatGatewayIds=list(gateway_ids))


def release_address(client: Any, allocation_id: str) -> None:
    """Release an elastic IP; EC2 takes a moment to see that its gateway has let go of it."""
    in_use = ("InvalidIPAddress.InUse",)
    call(client, f"release elastic IP {allocation_id}", "release_address", in_use, AllocationId=allocation_id)
