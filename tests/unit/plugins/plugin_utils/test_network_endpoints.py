# SPDX-License-Identifier: GPL-3.0-or-later
"""Endpoints computed from the features in use."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_endpoints import (
    resolved_endpoints,
    surplus_endpoints,
    wanted_endpoints,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem

REGION = "eu-central-1"


def service(name: str, kind: str = "Interface", zones: str = "abc") -> dict[str, Any]:
    return {
        "service_name": name,
        "service_type": [{"service_type": kind}],
        "availability_zones": [f"{REGION}{letter}" for letter in zones],
    }


def names(features: list[str], extra: list[str]) -> list[str]:
    return [one["short_name"] for one in wanted_endpoints(features, extra, REGION) if one["type"] == "Interface"]


def test_images_and_logs_and_both_gateways_are_always_there() -> None:
    assert names([], []) == ["ecr.api", "ecr.dkr", "logs"]
    gateways = [one["short_name"] for one in wanted_endpoints([], [], REGION) if one["type"] == "Gateway"]
    assert gateways == ["dynamodb", "s3"]


@pytest.mark.parametrize(
    ("feature", "endpoint"),
    [
        ("kms", "kms"),
        ("secretsmanager", "secretsmanager"),
        ("sts", "sts"),
        ("cloudwatch", "monitoring"),
        ("exec", "ssmmessages"),
    ],
)
def test_feature_brings_its_endpoint_and_nothing_else(feature: str, endpoint: str) -> None:
    assert names([feature], []) == ["ecr.api", "ecr.dkr", "logs", endpoint]


def test_extra_endpoint_may_have_its_full_name_and_comes_once() -> None:
    assert names(["kms"], ["sqs", f"com.amazonaws.{REGION}.kms", "logs"]) == [
        "ecr.api",
        "ecr.dkr",
        "logs",
        "kms",
        "sqs",
    ]


def test_order_of_the_features_makes_no_difference() -> None:
    assert names(["exec", "kms"], []) == names(["kms", "exec"], [])


@pytest.mark.parametrize("name", ["ecs", "ecs-agent", "ecs-telemetry", f"com.amazonaws.{REGION}.ecs"])
def test_services_that_fargate_does_not_use_are_refused_with_the_reason(name: str) -> None:
    with pytest.raises(NetworkProblem, match=r"network_extra_endpoints has ecs.*which tasks on Fargate do not use"):
        names([], [name])


@pytest.mark.parametrize("name", ["s3", "dynamodb"])
def test_services_with_gateway_endpoints_are_refused_as_interfaces(name: str) -> None:
    with pytest.raises(NetworkProblem, match=f"network_extra_endpoints has {name}, which is always reached"):
        names([], [name])


def test_unknown_feature_is_named_with_what_there_is() -> None:
    with pytest.raises(NetworkProblem, match="network_features has ssm; expected some of kms, secretsmanager, sts,"):
        names(["ssm", "kms"], [])


def test_services_are_found_with_their_zones_and_by_their_type() -> None:
    wanted = [one for one in wanted_endpoints([], [], REGION) if one["short_name"] == "s3"]
    name = f"com.amazonaws.{REGION}.s3"
    (found,) = resolved_endpoints(wanted, [service(name, zones="a"), service(name, "Gateway", "ab")], REGION)
    assert (found["service_name"], found["zones"]) == (name, [f"{REGION}a", f"{REGION}b"])


def test_services_of_china_are_found_under_either_name() -> None:
    wanted = [one for one in wanted_endpoints([], ["sqs"], "cn-north-1") if one["short_name"] in ("sqs", "logs")]
    there = [service("cn.com.amazonaws.cn-north-1.sqs"), service("com.amazonaws.cn-north-1.logs")]
    assert {one["service_name"] for one in resolved_endpoints(wanted, there, "cn-north-1")} == {
        "cn.com.amazonaws.cn-north-1.sqs",
        "com.amazonaws.cn-north-1.logs",
    }


def test_service_that_the_region_lacks_is_named_with_its_type() -> None:
    wanted = [one for one in wanted_endpoints([], ["sqs", "nosuch"], REGION) if one["short_name"] in ("sqs", "nosuch")]
    with pytest.raises(NetworkProblem) as problem:
        resolved_endpoints(wanted, [service(f"com.amazonaws.{REGION}.sqs", "Gateway")], REGION)
    message = str(problem.value)
    assert message.startswith("eu-central-1 has no endpoint service sqs (Interface), nosuch (Interface).")
    assert "network_extra_endpoints" in message


def endpoint(name: str, kind: str = "Interface", state: str = "available") -> dict[str, str]:
    return {"service_name": name, "vpc_endpoint_type": kind, "state": state}


def test_endpoint_that_is_no_longer_asked_for_is_surplus_unless_it_is_going_anyway() -> None:
    wanted = [{"service_name": "logs", "type": "Interface"}, {"service_name": "s3", "type": "Gateway"}]
    there = [
        endpoint("logs"),
        endpoint("s3", "Gateway"),
        endpoint("s3"),
        endpoint("sqs"),
        endpoint("kms", state="deleting"),
    ]
    assert surplus_endpoints(there, wanted) == [
        {"service_name": "s3", "type": "Interface"},
        {"service_name": "sqs", "type": "Interface"},
    ]
