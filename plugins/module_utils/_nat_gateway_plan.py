# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which NAT gateways and elastic IPs are made, kept and removed, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import TagChange, tag_change, tags_of

# https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NatGateway.html
LIVING = ("available", "pending")
Described = Mapping[str, Any]


@dataclass(frozen=True)
class Gateway:
    """A NAT gateway that is wanted: its public subnet and its name."""

    subnet_id: str
    name: str


@dataclass(frozen=True)
class Making:
    """What has to be made. An address that is free, left over from a run that was cut short, is used first."""

    create: tuple[tuple[Gateway, str], ...]
    keep: tuple[tuple[Gateway, Described], ...]
    tags: tuple[TagChange, ...]

    def __bool__(self) -> bool:
        return bool(self.create or self.tags)


@dataclass(frozen=True)
class Removal:
    """What has to go: gateways to be deleted, those already on their way out, and addresses to be released after."""

    delete: tuple[Described, ...]
    leaving: tuple[Described, ...]
    release: tuple[str, ...]
    adopt: tuple[str, ...]

    def __bool__(self) -> bool:
        return bool(self.delete or self.release)


def ours(resources: Sequence[Described], owner: Mapping[str, str]) -> list[Described]:
    """Return the resources that carry the tags of their owner."""
    return [resource for resource in resources if owner.items() <= tags_of(resource).items()]


def allocations(gateway: Described) -> list[str]:
    """Return the elastic IPs of a gateway; a secondary address that is being added may have none yet."""
    found = [address.get("AllocationId") for address in gateway.get("NatGatewayAddresses", [])]
    return [allocation for allocation in found if allocation]


def living(gateways: Sequence[Described], subnet_id: str) -> list[Described]:
    """Return the gateways of a subnet that work or will, those that work first, then the oldest."""
    found = [one for one in gateways if one["SubnetId"] == subnet_id and one["State"] in LIVING]
    return sorted(found, key=lambda one: (one["State"], str(one["CreateTime"]), one["NatGatewayId"]))


def free(addresses: Sequence[Described], gateways: Sequence[Described]) -> list[str]:
    """Return the addresses that no gateway has, or is about to have."""
    taken = {allocation for one in gateways if one["State"] in (*LIVING, "deleting") for allocation in allocations(one)}
    return sorted(
        one["AllocationId"] for one in addresses if not one.get("AssociationId") and one["AllocationId"] not in taken
    )


def plan_making(
    gateways: Sequence[Described],
    addresses: Sequence[Described],
    wanted: Sequence[Gateway],
    owner: Mapping[str, str],
    tags: Mapping[str, str],
) -> Making:
    """Return what makes every wanted gateway exist, named and tagged; nothing is removed."""
    known = ours(gateways, owner)
    spare = free(ours(addresses, owner), gateways)
    create, keep, changes = [], [], []
    for gateway in wanted:
        found = living(known, gateway.subnet_id)
        if not found:
            create.append((gateway, spare.pop(0) if spare else ""))
            continue
        keep.append((gateway, found[0]))
        changes += _tag_changes(gateway, found[0], addresses, {**tags, **owner})
    return Making(tuple(create), tuple(keep), tuple(change for change in changes if change))


def _tag_changes(
    gateway: Gateway, found: Described, addresses: Sequence[Described], tags: Mapping[str, str]
) -> list[TagChange]:
    wanted = {**tags, "Name": gateway.name}
    its = [one for one in addresses if one["AllocationId"] in allocations(found)]
    return [
        tag_change(found["NatGatewayId"], tags_of(found), wanted, purge=True),
        # The address is ours too: it has to be found again when its gateway is gone.
        *(tag_change(one["AllocationId"], tags_of(one), wanted, purge=True) for one in its),
    ]


def plan_removal(
    gateways: Sequence[Described],
    addresses: Sequence[Described],
    except_subnet_ids: Sequence[str],
    owner: Mapping[str, str],
) -> Removal:
    """Return what leaves one gateway in each of some subnets, and no address that belongs to none of them."""
    known = ours(gateways, owner)
    kept = [found[0] for subnet_id in except_subnet_ids if (found := living(known, subnet_id))]
    surplus = tuple(one for one in known if one["State"] in LIVING and one not in kept)
    leaving = tuple(one for one in known if one["State"] == "deleting")
    used = {allocation for one in kept for allocation in allocations(one)}
    held = {allocation for one in (*surplus, *leaving) for allocation in allocations(one)}
    existing = {one["AllocationId"] for one in addresses}
    marked = ours(addresses, owner)
    # One that is in use elsewhere is not this VPC's to release.
    left_over = {one["AllocationId"] for one in marked if not one.get("AssociationId")}
    release = tuple(sorted((held & existing | left_over) - used))
    adopt = held & existing - {one["AllocationId"] for one in marked}
    return Removal(surplus, leaving, release, tuple(sorted(adopt)))


def view(gateways: Sequence[Described]) -> list[dict[str, Any]]:
    """Return gateways as they are returned and shown in a diff."""
    shown = [
        {"subnet_id": one["SubnetId"], "nat_gateway_id": one["NatGatewayId"], "allocation_ids": allocations(one)}
        for one in gateways
    ]
    return sorted(shown, key=lambda one: str(one["subnet_id"]))
