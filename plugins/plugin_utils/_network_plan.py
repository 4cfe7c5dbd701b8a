# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Divide a VPC into subnets: pure functions of CIDRs, zones and what there is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from ipaddress import IPv4Network
from itertools import combinations
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem

# The slots do not depend on the number of zones, so adding a zone never renumbers a subnet: 0-7 public, 8-15 private.
SLOT_BITS = 4
FIRST_SLOTS = {"public": 0, "private": 8}
SLOTS_PER_TIER = 8
# A load balancer's subnet has at least 27 bits of prefix and 8 free addresses:
# https://docs.aws.amazon.com/elasticloadbalancing/latest/application/application-load-balancers.html#availability-zones
LONGEST_SUBNET_PREFIX = 27
SHORTEST_VPC_PREFIX = 16
THIS_NETWORK = IPv4Network("0.0.0.0/8")
Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Subnet:
    """One subnet to be made."""

    tier: str
    zone: str
    cidr: str


def check_stack(vpcs: Sequence[Facts], vpc_cidr: str, stack: str) -> None:
    """Raise NetworkProblem when the stack's VPC has another range than is asked for, or there are two.

    AWS cannot change the range of a VPC, so another one would be made beside the first.
    """
    if len(vpcs) > 1:
        ids = ", ".join(str(vpc["id"]) for vpc in vpcs)
        raise NetworkProblem(
            f"{len(vpcs)} VPCs are tagged palisade:stack={stack} ({ids}); expected one. Remove the tag from the others."
        )
    found = vpcs[0] if vpcs else {"cidr_block": vpc_cidr}
    if found["cidr_block"] != vpc_cidr:
        raise NetworkProblem(
            f"network_vpc_cidr is {vpc_cidr}, but the VPC {found['id']} of {stack} has {found['cidr_block']}, which "
            f"AWS cannot change. Set network_vpc_cidr to {found['cidr_block']}, or make another stack by another "
            "palisade_environment."
        )


def plan_subnets(
    vpc_cidr: str, zones: Sequence[str], public_cidrs: Sequence[str], private_cidrs: Sequence[str]
) -> list[dict[str, Any]]:
    """Return the subnets of a VPC, one public and one private per zone, as dictionaries of tier, zone and cidr.

    The zones are those that were chosen, in the order of their subnets. Raises NetworkProblem naming the variable when
    a CIDR is malformed, too small, outside the VPC or overlaps another.
    """
    vpc = _vpc_network(vpc_cidr)
    subnets = _tier("public", public_cidrs, vpc, zones)
    subnets += _tier("private", private_cidrs, vpc, zones)
    _refuse_overlap(subnets)
    return [asdict(subnet) for subnet in subnets]


def places(subnets: Sequence[Facts], vpc_cidr: str, given: Mapping[str, Sequence[str]]) -> dict[int, str]:
    """Return which zone has which place in the order of the subnets, from the subnets that the stack has.

    Raises NetworkProblem when a subnet is not among those that are asked for: AWS cannot move or resize it.
    """
    vpc = _vpc_network(vpc_cidr)
    found: dict[int, str] = {}
    for subnet in subnets:
        tier, cidr, zone = subnet["tags"].get("palisade:tier", ""), subnet["cidr_block"], subnet["availability_zone"]
        networks = list(given[tier]) or _slots(vpc, tier)
        if cidr not in networks or found.get(networks.index(cidr), zone) != zone:
            raise NetworkProblem(
                f"The {tier} subnet {subnet['subnet_id']} of the stack has {cidr} in {zone}, which "
                f"network_{tier}_cidrs does not ask for. AWS cannot move a subnet. Set network_{tier}_cidrs to what "
                "it was; networks may be added at its end."
            )
        found[networks.index(cidr)] = zone
    return found


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
    if network.is_loopback or network.is_link_local or network.is_multicast or network.subnet_of(THIS_NETWORK):
        raise NetworkProblem(f"network_vpc_cidr is {cidr}, which no VPC can have; expected one such as 10.0.0.0/16.")
    return network


def _slots(vpc: IPv4Network, tier: str) -> list[str]:
    slots = [str(network) for network in vpc.subnets(prefixlen_diff=SLOT_BITS)]
    return slots[FIRST_SLOTS[tier] : FIRST_SLOTS[tier] + SLOTS_PER_TIER]


def _tier(tier: str, given: Sequence[str], vpc: IPv4Network, zones: Sequence[str]) -> list[Subnet]:
    variable = f"network_{tier}_cidrs"
    if not given:
        return [Subnet(tier, zone, cidr) for zone, cidr in zip(zones, _slots(vpc, tier), strict=False)]
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
