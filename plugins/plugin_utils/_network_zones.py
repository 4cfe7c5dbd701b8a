# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Which availability zones a network uses: pure functions of what AWS says of zones and services."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem

ZONE_COUNTS = range(2, 7)
Facts = Mapping[str, Any]


def usable_zones(zones: Sequence[Facts], fargate_zones: Facts, services: Sequence[Facts]) -> dict[str, str]:
    """Return why each zone of the region cannot be used, by name; an empty reason means that it can.

    Zones are described as amazon.aws.aws_az_info does it. fargate_zones holds, for the regions that are not wholly
    covered, the ids of the zones with Fargate. Services have a short name and the zones in which they are offered.
    """
    return {zone["zone_name"]: _reason(zone, fargate_zones, services) for zone in zones}


def _reason(zone: Facts, fargate_zones: Facts, services: Sequence[Facts]) -> str:
    if zone["zone_type"] != "availability-zone":
        return f"is a {zone['zone_type']}"
    if zone["state"] != "available":
        return f"is {zone['state']}"
    offering = fargate_zones.get(zone["region_name"])
    if offering is not None and zone["zone_id"] not in offering:
        return f"({zone['zone_id']}) has no Fargate"
    missing = [service["short_name"] for service in services if zone["zone_name"] not in service["zones"]]
    return f"has no endpoint service {', '.join(missing)}" if missing else ""


def choose_zones(reasons: Mapping[str, str], count: Any, in_use: Mapping[int, str]) -> list[str]:
    """Return the zones of a network in the order of their subnets.

    Zones that the stack uses keep their place, others are added in alphabetical order: neither a new zone of the region
    nor other names ever move a subnet. Raises NetworkProblem when the count cannot be, when too few zones can be used,
    when one in use no longer can, and when the network would have to shrink.
    """
    count = int(count)  # -e network_az_count=3 gives a string
    if count not in ZONE_COUNTS:
        raise NetworkProblem(f"network_az_count is {count}; expected a number from 2 to 6.")
    _refuse_shrinking(count, in_use)
    _refuse_lost_zones(reasons, in_use.values())
    others = sorted(zone for zone, reason in reasons.items() if not reason and zone not in in_use.values())
    usable = sorted([*in_use.values(), *others])
    if len(usable) < count:
        raise NetworkProblem(_too_few(reasons, count, usable))
    return [in_use.get(place) or others.pop(0) for place in range(count)]


def _refuse_shrinking(count: int, in_use: Mapping[int, str]) -> None:
    needed = max(in_use, default=-1) + 1
    if needed > count:
        raise NetworkProblem(
            f"network_az_count is {count}, but the stack has subnets in {needed} zones "
            f"({', '.join(sorted(in_use.values()))}). A zone with a load balancer, tasks and endpoints is not taken "
            f"away. Set network_az_count to {needed}, or make another stack."
        )


def _refuse_lost_zones(reasons: Mapping[str, str], in_use: Iterable[str]) -> None:
    lost = [f"{zone} {reasons.get(zone, 'is not in the region')}" for zone in in_use if reasons.get(zone, "-")]
    if lost:
        raise NetworkProblem(
            f"The stack has subnets in a zone that cannot serve it: {'; '.join(lost)}. If it is a service, leave that "
            "out of network_features or network_extra_endpoints; else wait, or make another stack."
        )


def _too_few(reasons: Mapping[str, str], count: int, usable: Sequence[str]) -> str:
    left_out = "; ".join(f"{zone} {reason}" for zone, reason in sorted(reasons.items()) if reason)
    explanation = f" Left out: {left_out}." if left_out else ""
    return (
        f"network_az_count is {count}, but the region offers {len(usable)} availability zones "
        f"({', '.join(usable)}) that can be used.{explanation} Lower network_az_count or choose another "
        "palisade_region."
    )
