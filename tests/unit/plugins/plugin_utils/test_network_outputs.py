# SPDX-License-Identifier: GPL-3.0-or-later
"""network_outputs from what the *_info modules of amazon.aws return."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_facts import network_outputs, placeholder

VPC = {"id": "vpc-0a", "vpc_id": "vpc-0a", "cidr_block": "10.0.0.0/16", "tags": {"palisade:stack": "shop-dev"}}
GROUP = {"group_id": "sg-0a", "group_name": "shop-dev-endpoints"}


def subnet(identity: str, zone: str, **tags: str) -> dict[str, Any]:
    return {
        "id": identity,
        "subnet_id": identity,
        "availability_zone": zone,
        "tags": {key.replace("_", ":"): value for key, value in tags.items()},
    }


def endpoint(identity: str, service: str, kind: str = "Interface", prefix: str = "com.amazonaws.eu-central-1") -> Any:
    return {
        "vpc_endpoint_id": identity,
        "service_name": f"{prefix}.{service}",
        "vpc_endpoint_type": kind,
        "state": "available",
    }


def route(**fields: str) -> dict[str, str]:
    return {"origin": "CreateRoute", "state": "active", **fields}


# In no order, as EC2 answers.
SUBNETS = [
    subnet("subnet-private-b", "eu-central-1b", palisade_tier="private"),
    subnet("subnet-public-b", "eu-central-1b", palisade_tier="public"),
    subnet("subnet-of-somebody", "eu-central-1a", Name="manual"),
    subnet("subnet-public-a", "eu-central-1a", palisade_tier="public"),
    subnet("subnet-private-a", "eu-central-1a", palisade_tier="private"),
]
ENDPOINTS = [
    endpoint("vpce-s3", "s3", "Gateway"),
    endpoint("vpce-dynamodb", "dynamodb", "Gateway"),
    endpoint("vpce-ecr-api", "ecr.api"),
    endpoint("vpce-logs", "logs"),
]
LOCAL = route(destination_cidr_block="10.0.0.0/16", gateway_id="local", origin="CreateRouteTable")
TO_S3 = route(destination_prefix_list_id="pl-s3", gateway_id="vpce-s3")
TO_DYNAMODB = route(destination_prefix_list_id="pl-dynamodb", gateway_id="vpce-dynamodb")
TABLES = [
    {"id": "rtb-main", "tags": {}, "routes": [LOCAL]},
    {
        "id": "rtb-public",
        "tags": {"palisade:tier": "public", "Name": "public"},
        "routes": [LOCAL, route(destination_cidr_block="0.0.0.0/0", gateway_id="igw-0a")],
    },
    {
        "id": "rtb-b",
        "tags": {"palisade:tier": "private", "Name": "private-b"},
        "routes": [LOCAL, TO_S3, TO_DYNAMODB],
    },
    {
        "id": "rtb-a",
        "tags": {"palisade:tier": "private", "Name": "private-a"},
        "routes": [LOCAL, route(destination_cidr_block="0.0.0.0/0", nat_gateway_id="nat-0a"), TO_S3],
    },
]


def outputs(**changes: Any) -> dict[str, Any]:
    parts: dict[str, Any] = {
        "vpcs": [VPC],
        "subnets": SUBNETS,
        "route_tables": TABLES,
        "endpoints": ENDPOINTS,
        "groups": [GROUP],
        "zone_count": 2,
    }
    return network_outputs(**parts | changes)


def test_outputs_name_what_is_there() -> None:
    assert outputs() == {
        "vpc_id": "vpc-0a",
        "public_subnet_ids": ["subnet-public-a", "subnet-public-b"],
        "private_subnet_ids": ["subnet-private-a", "subnet-private-b"],
        "private_route_table_ids": ["rtb-a", "rtb-b"],
        "availability_zones": ["eu-central-1a", "eu-central-1b"],
        "endpoint_security_group_id": "sg-0a",
        "endpoint_ids": {
            "s3": "vpce-s3",
            "dynamodb": "vpce-dynamodb",
            "ecr.api": "vpce-ecr-api",
            "logs": "vpce-logs",
        },
        "prefix_list_ids": ["pl-dynamodb", "pl-s3"],
    }


def test_services_of_china_have_the_same_short_names() -> None:
    endpoints = [endpoint("vpce-1", service, prefix="cn.com.amazonaws.cn-north-1") for service in ("ecr.api", "logs")]
    endpoints.append(endpoint("vpce-2", "s3", "Gateway", prefix="com.amazonaws.cn-north-1"))
    assert set(outputs(endpoints=endpoints)["endpoint_ids"]) == {"ecr.api", "logs", "s3"}


def test_deleted_namesake_of_an_endpoint_does_not_matter() -> None:
    deleted = {**endpoint("vpce-old", "s3", "Gateway"), "state": "deleted"}
    assert outputs(endpoints=[*ENDPOINTS, deleted])["endpoint_ids"]["s3"] == "vpce-s3"


def test_prefix_list_of_a_route_to_something_else_is_not_ours() -> None:
    foreign = [route(destination_prefix_list_id="pl-office", gateway_id="tgw-0a"), TO_S3]
    assert outputs(route_tables=[{"id": "rtb-a", "routes": foreign}])["prefix_list_ids"] == ["pl-s3"]


def test_vpc_without_gateway_endpoints_has_no_prefix_lists() -> None:
    assert outputs(endpoints=[], route_tables=TABLES[:2])["prefix_list_ids"] == []


def test_more_zones_than_there_are_subnets_name_the_subnets_that_are_there() -> None:
    assert outputs(zone_count=3)["private_subnet_ids"] == ["subnet-private-a", "subnet-private-b"]


@pytest.mark.parametrize("zone_count", [3, "3"])
def test_dry_run_of_an_empty_account_has_placeholders_for_everything(zone_count: Any) -> None:
    empty = outputs(vpcs=[], subnets=[], route_tables=[], endpoints=[], groups=[], zone_count=zone_count)
    subnets = [placeholder("subnet", index) for index in range(3)]
    assert empty == {
        "vpc_id": placeholder("vpc"),
        "public_subnet_ids": subnets,
        "private_subnet_ids": subnets,
        "private_route_table_ids": [placeholder("rtb", index) for index in range(3)],
        "availability_zones": [],
        "endpoint_security_group_id": placeholder("sg"),
        "endpoint_ids": {},
        "prefix_list_ids": [placeholder("pl")],
    }
    assert empty.keys() == outputs().keys()
