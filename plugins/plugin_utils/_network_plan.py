# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Divide a VPC into subnets: pure functions of CIDRs, zones and counts."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

# The slots do not depend on the number of zones, so adding a zone never renumbers a subnet: 0-7 public, 8-15 private.
SLOT_BITS = 4
FIRST_PRIVATE_SLOT = 8
# A load balancer's subnet has at least 27 bits of prefix and 8 free addresses:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#availability-zones
LONGEST_SUBNET_PREFIX = 27
SHORTEST_VPC_PREFIX = 16
ZONE_COUNTS = range(2, 7)


class NetworkProblem(ValueError):
    """An input of the network cannot work; the message names the variable and says what was expected."""


@dataclass(frozen=True)
class Subnet:
    """One subnet to be made."""

    tier: str
    zone: str
    cidr: str


def plan_subnets(
    vpc_cidr: str, zones: Sequence[str], zone_count: int, public_cidrs: Sequence[str], private_cidrs: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the subnets of a VPC, one public and one private per zone, as dictionaries of tier, zone and cidr.

    Raises NetworkProblem naming the variable when a CIDR is malformed, too small, outside the VPC or overlaps another,
    or when the region has fewer zones than asked for.
    """
    zone_count = int(zone_count)  # -e network_az_count=3 gives a string
    if zone_count not in ZONE_COUNTS:
        raise NetworkProblem(f"network_az_count is {zone_count}; expected a number from 2 to 6.")
    if len(zones) < zone_count:
        raise NetworkProblem(
            f"network_az_count is {zone_count}, but the region offers {len(zones)} availability zones "
            f"({', '.join(sorted(zones))}). Lower network_az_count or choose another palisade_region."
        )
    vpc = _vpc_network(vpc_cidr)
    chosen = sorted(zones)[:zone_count]
    subnets = _tier("public", "network_public_cidrs", public_cidrs, vpc, chosen, 0)
    subnets += _tier("private", "network_private_cidrs", private_cidrs, vpc, chosen, FIRST_PRIVATE_SLOT)
    _refuse_overlap(subnets)
    return [asdict(subnet) for subnet in subnets]


def nat_zones(subnets: Sequence[dict[str, Any]], mode: str) -> list[str]:
    """Return the zones that get a NAT gateway under a mode: per_az, single or none."""
    zones = [subnet["zone"] for subnet in subnets if subnet["tier"] == "public"]
    return {"per_az": zones, "single": zones[:1], "none": []}[mode]


def _parse(variable: str, cidr: str) -> IPv4Network:
    expected = "Expected an IPv4 network such as 10.0.0.0/16."
    try:
        network = IPv4Network(cidr)
    except ValueError as error:
        raise NetworkProblem(f"{variable} has {cidr!r}: {error}. {expected}") from None
    if str(network) != cidr:
        # Python understands netmasks too, AWS does not.
        raise NetworkProblem(f"{variable} has {cidr!r}. {expected}")
    return network


def _vpc_network(cidr: str) -> IPv4Network:
    network = _parse("network_vpc_cidr", cidr)
    longest = LONGEST_SUBNET_PREFIX - SLOT_BITS
    if not SHORTEST_VPC_PREFIX <= network.prefixlen <= longest:
        raise NetworkProblem(
            f"network_vpc_cidr is {cidr}; expected a prefix from /{SHORTEST_VPC_PREFIX} to /{longest}: AWS allows no "
            f"larger VPC, and in a smaller one the load balancer's subnets would fall below /{LONGEST_SUBNET_PREFIX}."
        )
    return network


def _tier(
    tier: str, variable: str, given: Sequence[str], vpc: IPv4Network, zones: Sequence[str], first_slot: int
) -> list[Subnet]:
    if not given:
        slots = list(vpc.subnets(prefixlen_diff=SLOT_BITS))
        return [Subnet(tier, zone, str(slots[first_slot + index])) for index, zone in enumerate(zones)]
    if len(given) != len(zones):
        raise NetworkProblem(f"{variable} has {len(given)} networks; expected {len(zones)}, one per availability zone.")
    for cidr in given:
        network = _parse(variable, cidr)
        if not network.subnet_of(vpc):
            raise NetworkProblem(f"{variable} has {cidr}, which is not inside network_vpc_cidr {vpc}.")
        if network.prefixlen > LONGEST_SUBNET_PREFIX:
            raise NetworkProblem(
                f"{variable} has {cidr}, which is too small; expected /{LONGEST_SUBNET_PREFIX} or larger."
            )
    return [Subnet(tier, zone, cidr) for zone, cidr in zip(zones, given, strict=True)]


def _refuse_overlap(subnets: Sequence[Subnet]) -> None:
    for one, other in combinations(subnets, 2):
        if IPv4Network(one.cidr).overlaps(IPv4Network(other.cidr)):
            raise NetworkProblem(
                f"network_{one.tier}_cidrs has {one.cidr}, which overlaps {other.cidr} in network_{other.tier}_cidrs. "
                "Give networks that share no address."
            )
