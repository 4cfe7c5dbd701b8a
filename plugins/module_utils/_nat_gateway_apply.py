# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Make and remove NAT gateways with their elastic IPs."""

from __future__ import annotations

from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils import _nat_gateway_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._nat_gateway_plan import Making, Removal
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import TagChange, apply_tags


def make(client: Any, making: Making, tags: dict[str, str], timeout: int) -> None:
    """Start every gateway, then wait once for all, also for those that an earlier run has started."""
    pending = [found["NatGatewayId"] for _zone, found in making.keep if found["State"] == "pending"]
    for gateway, allocation in making.create:
        named = {**tags, "Name": gateway.name}
        address = allocation or api.allocate_address(client, named)
        pending.append(api.create_nat_gateway(client, gateway.subnet_id, address, named))
        if allocation:
            apply_tags(client, TagChange(allocation, named, ()))
    for change in making.tags:
        apply_tags(client, change)
    if pending:
        api.wait_until_available(client, pending, timeout)


def remove(client: Any, removal: Removal, owner: dict[str, str], timeout: int) -> None:
    """Delete gateways, and release the addresses once they are free."""
    for allocation in removal.adopt:
        # From here on it is found by its tag, whatever happens to this run.
        apply_tags(client, TagChange(allocation, owner, ()))
    for gateway in removal.delete:
        api.delete_nat_gateway(client, gateway["NatGatewayId"])
    going = [gateway["NatGatewayId"] for gateway in (*removal.delete, *removal.leaving)]
    if going:
        api.wait_until_deleted(client, going, timeout)
    for allocation in removal.release:
        api.release_address(client, allocation)
