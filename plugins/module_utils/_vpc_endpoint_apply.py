# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Look ahead and make a planned change of a VPC endpoint: the calls, and what each has to wait for."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils import _ec2_api as ec2
from ansible_collections.palisade.ecs.plugins.module_utils import _vpc_endpoint_checks as checks
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint import state_of
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_endpoint_plan import (
    Attachments,
    Change,
    Endpoint,
    creation,
    modifications,
    tag_changes,
)


def check(client: Any, change: Change) -> Mapping[str, str]:
    """Raise PlanError for what AWS would refuse, and return the zones of the subnets if any is to be added."""
    after = change.after
    if after is None or (change.before and not change.added_subnet_ids):
        return {}
    wanted, before = change.wanted, change.before.attachments if change.before else Attachments()
    details = ec2.list_vpc_endpoint_services(client, wanted.service_name)
    service = checks.offered_service(details, wanted, client.meta.region_name)
    if not after.attachments.subnet_ids:
        return {}
    zones: Mapping[str, str] = ec2.zones_of_subnets(client, after.attachments.subnet_ids | before.subnet_ids)
    checks.refuse_zones(after.attachments.subnet_ids, zones, service.get("AvailabilityZones", []), wanted.service_name)
    return zones


def apply(client: Any, change: Change, zones: Mapping[str, str], going: Sequence[str], timeout: int) -> Change:
    """Make the change and return it with the id and the state that came of it; `going` are being deleted already."""
    if change.after is None:
        if change.before:
            ec2.delete_vpc_endpoint(client, change.before.vpc_endpoint_id)
        return change
    if change.before is None:
        # As long as it is there it keeps the service's name or routes for itself.
        _wait_until_gone(client, going, timeout)
        made = ec2.create_vpc_endpoint(client, uuid.uuid4().hex, change.after.tags, **creation(change.wanted))
        after = replace(change.after, vpc_endpoint_id=made["VpcEndpointId"], state=state_of(made))
        return replace(change, after=after)
    _modify(client, change.before, change.after, zones, timeout)
    return change


def _modify(client: Any, before: Endpoint, after: Endpoint, zones: Mapping[str, str], timeout: int) -> None:
    """Change an endpoint, call by call, each when AWS is done with the one before."""
    for step in modifications(before.attachments, after.attachments, zones):
        ec2.wait_for_vpc_endpoint(client, before.vpc_endpoint_id, timeout)
        ec2.modify_vpc_endpoint(client, before.vpc_endpoint_id, **step)
    to_set, to_remove = tag_changes(before.tags, after.tags)
    if to_set:
        ec2.set_tags(client, before.vpc_endpoint_id, to_set)
    if to_remove:
        ec2.remove_tags(client, before.vpc_endpoint_id, to_remove)


def _wait_until_gone(client: Any, vpc_endpoint_ids: Sequence[str], timeout: int) -> None:
    """Wait for endpoints to be deleted."""
    for vpc_endpoint_id in vpc_endpoint_ids:
        ec2.wait_for_deletion(client, vpc_endpoint_id, timeout)


def wait_until_settled(client: Any, change: Change, going: Sequence[str], timeout: int) -> Change:
    """Wait for the endpoint to be available or gone, unless it is and nothing was done to it."""
    if change.after is None:
        _wait_until_gone(client, [*going, *([change.before.vpc_endpoint_id] if change.before else [])], timeout)
        return change
    if change.after.state == "available" and not change:
        return change
    ec2.wait_for_vpc_endpoint(client, change.after.vpc_endpoint_id, timeout)
    return replace(change, after=replace(change.after, state="available"))
