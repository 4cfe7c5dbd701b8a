# SPDX-License-Identifier: GPL-3.0-or-later
"""A whole network, decided from inputs and facts."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network import plan_network
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_endpoints import wanted_endpoints
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem

REGION = "us-west-1"
INPUTS: dict[str, Any] = {
    "region": REGION,
    "stack": "shop-dev",
    "vpc_cidr": "10.0.0.0/16",
    "az_count": 2,
    "public_cidrs": [],
    "private_cidrs": [],
    "public_ports": [443],
    "egress_ports": [443],
    "nat_mode": "per_az",
    "features": [],
    "extra_endpoints": [],
}


def facts(**changes: Any) -> dict[str, Any]:
    zones = [
        {
            "zone_name": f"{REGION}{letter}",
            "zone_id": f"usw1-az{number}",
            "region_name": REGION,
            "zone_type": "availability-zone",
            "state": "available",
        }
        for number, letter in enumerate("abc", 1)
    ]
    services = [
        {
            "service_name": endpoint["service_names"][0],
            "service_type": [{"service_type": endpoint["type"]}],
            "availability_zones": [zone["zone_name"] for zone in zones],
        }
        for endpoint in wanted_endpoints([], ["sqs"], REGION)
    ]
    usual = {"zones": zones, "fargate_zones": {}, "services": services, "vpcs": [], "subnets": []}
    return {**usual, **changes}


def test_zones_subnets_rules_and_endpoints_are_decided_together() -> None:
    plan = plan_network(INPUTS, facts(fargate_zones={REGION: ["usw1-az1", "usw1-az3"]}))
    assert plan["zones"] == ["us-west-1a", "us-west-1c"]
    assert [subnet["zone"] for subnet in plan["subnets"]] == ["us-west-1a", "us-west-1c"] * 2
    assert plan["network_acls"].keys() == {"public", "private"}
    assert [endpoint["short_name"] for endpoint in plan["endpoints"]] == [
        "dynamodb",
        "s3",
        "ecr.api",
        "ecr.dkr",
        "logs",
    ]


def test_living_subnets_stay_when_a_zone_with_an_earlier_name_appears() -> None:
    subnets = [
        {
            "subnet_id": f"subnet-{zone}",
            "cidr_block": cidr,
            "availability_zone": f"{REGION}{zone}",
            "tags": {"palisade:tier": "public"},
        }
        for zone, cidr in (("b", "10.0.0.0/20"), ("c", "10.0.16.0/20"))
    ]
    vpcs = [{"id": "vpc-0a", "cidr_block": "10.0.0.0/16"}]
    grown = plan_network({**INPUTS, "az_count": 3}, facts(vpcs=vpcs, subnets=subnets))
    public = [(one["zone"][-1], one["cidr"]) for one in grown["subnets"] if one["tier"] == "public"]
    assert public == [("b", "10.0.0.0/20"), ("c", "10.0.16.0/20"), ("a", "10.0.32.0/20")]


@pytest.mark.parametrize(
    ("inputs", "message"),
    [
        ({"nat_mode": "both"}, "network_nat_mode is both; expected one of per_az, single, none."),
        ({"az_count": 4}, "network_az_count is 4, but the region offers 3 availability zones"),
        ({"extra_endpoints": ["nosuch"]}, "us-west-1 has no endpoint service nosuch"),
        ({"public_cidrs": ["10.0.0.0/24"]}, "network_public_cidrs has 1 networks; expected 2"),
        ({"public_ports": []}, "network_public_ports is"),
    ],
)
def test_whatever_cannot_work_is_named(inputs: dict[str, Any], message: str) -> None:
    with pytest.raises(NetworkProblem) as problem:
        plan_network({**INPUTS, **inputs}, facts())
    assert str(problem.value).startswith(message)
