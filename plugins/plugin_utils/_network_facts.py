# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Turn what the EC2 modules return into what the next task needs: pure functions over plain data.

Under check mode a module that would create something returns no id. A well-formed placeholder stands in for it: EC2
filters on it match nothing, so the dry run of an empty account goes on to the end.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_endpoints import GONE
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_plan import nat_zones

Facts = Mapping[str, Any]


def placeholder(prefix: str, index: int = 0) -> str:
    """Return a well-formed id that no resource has."""
    return f"{prefix}-{index:017x}"


def subnets_made(results: Sequence[Facts]) -> list[dict[str, Any]]:
    """Return tier, zone, cidr and id of each subnet from the results of the loop that made them."""
    return [
        {**result["item"], "id": (result.get("subnet") or {}).get("id") or placeholder("subnet", index)}
        for index, result in enumerate(results)
    ]


def subnet_ids(results: Sequence[Facts], tier: str) -> list[str]:
    """Return the ids of one tier's subnets in the order of their zones."""
    return [subnet["id"] for subnet in subnets_made(results) if subnet["tier"] == tier]


def nat_gateway_plan(results: Sequence[Facts], mode: str, stack: str) -> list[dict[str, str]]:
    """Return subnet_id and name of the NAT gateways under a mode: per_az, single or none."""
    subnets = subnets_made(results)
    zones = nat_zones(subnets, mode)
    return [
        {"subnet_id": subnet["id"], "name": f"{stack}-{subnet['zone']}"}
        for subnet in subnets
        if subnet["tier"] == "public" and subnet["zone"] in zones
    ]


def route_table_plan(
    results: Sequence[Facts], internet_gateway: Facts, nat_gateways: Sequence[Facts], stack: str
) -> list[dict[str, Any]]:
    """Return the route tables: one for the public tier, one per zone for the private tier.

    A private table leads to the NAT gateway of its zone, else to the only one there is, else nowhere.
    """
    subnets = subnets_made(results)
    zones = {subnet["id"]: subnet["zone"] for subnet in subnets}
    nats = {
        zones[one["subnet_id"]]: one["nat_gateway_id"] or placeholder("nat", index)
        for index, one in enumerate(nat_gateways)
    }
    public = {
        "name": f"{stack}-public",
        "tier": "public",
        "subnet_ids": subnet_ids(results, "public"),
        "default_route": internet_gateway.get("gateway_id") or placeholder("igw"),
    }
    private = [
        {
            "name": f"{stack}-private-{subnet['zone']}",
            "tier": "private",
            "subnet_ids": [subnet["id"]],
            "default_route": nats.get(subnet["zone"]) or next(iter(nats.values()), ""),
        }
        for subnet in subnets
        if subnet["tier"] == "private"
    ]
    return [public, *private]


def private_route_table_ids(results: Sequence[Facts]) -> list[str]:
    """Return the ids of the private route tables from the results of the loop that made them."""
    return [
        result.get("route_table_id") or placeholder("rtb", index)
        for index, result in enumerate(results)
        if result["item"]["tier"] == "private"
    ]


def network_outputs(
    vpcs: Sequence[Facts],
    subnets: Sequence[Facts],
    route_tables: Sequence[Facts],
    endpoints: Sequence[Facts],
    groups: Sequence[Facts],
    zone_count: int,
) -> dict[str, Any]:
    """Return network_outputs from what EC2 describes, with placeholders for what is not there yet."""
    living = [endpoint for endpoint in endpoints if endpoint["state"].lower() not in GONE]
    return {
        "vpc_id": vpcs[0]["id"] if vpcs else placeholder("vpc"),
        "public_subnet_ids": _tier_ids(subnets, "public", zone_count),
        "private_subnet_ids": _tier_ids(subnets, "private", zone_count),
        "private_route_table_ids": _private_tables(route_tables, zone_count),
        "availability_zones": sorted({subnet["availability_zone"] for subnet in subnets if _tier_of(subnet)}),
        "endpoint_security_group_id": groups[0]["group_id"] if groups else placeholder("sg"),
        "endpoint_ids": {_short_name(endpoint): endpoint["vpc_endpoint_id"] for endpoint in living},
        "prefix_list_ids": _prefix_lists(route_tables, living) if vpcs else [placeholder("pl")],
    }


def _short_name(endpoint: Facts) -> str:
    # com.amazonaws.eu-central-1.ecr.api, or cn.com.amazonaws.cn-north-1.ecr.api
    return str(endpoint["service_name"]).removeprefix("cn.").split(".", 3)[3]


def _tier_of(resource: Facts) -> str:
    return str(resource.get("tags", {}).get("palisade:tier", ""))


def _private_tables(route_tables: Sequence[Facts], zone_count: int) -> list[str]:
    """Return the private tables by their names, which end with their zones."""
    found = [table for table in route_tables if _tier_of(table) == "private"]
    if not found:
        return [placeholder("rtb", index) for index in range(int(zone_count))]
    return [table["id"] for table in sorted(found, key=lambda table: str(table["tags"].get("Name")))]


def _tier_ids(subnets: Sequence[Facts], tier: str, zone_count: int) -> list[str]:
    found = [subnet for subnet in subnets if _tier_of(subnet) == tier]
    if not found:
        return [placeholder("subnet", index) for index in range(int(zone_count))]
    return [subnet["subnet_id"] for subnet in sorted(found, key=lambda subnet: str(subnet["availability_zone"]))]


def _prefix_lists(route_tables: Sequence[Facts], endpoints: Sequence[Facts]) -> list[str]:
    """Return the prefix lists by which our route tables reach our gateway endpoints."""
    ours = {endpoint["vpc_endpoint_id"] for endpoint in endpoints}
    found = {
        route["destination_prefix_list_id"]
        for table in route_tables
        for route in table["routes"]
        if route.get("gateway_id") in ours and route.get("destination_prefix_list_id")
    }
    return sorted(found)
