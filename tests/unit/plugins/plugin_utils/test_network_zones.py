# SPDX-License-Identifier: GPL-3.0-or-later
"""Availability zones chosen for a network."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_zones import choose_zones, usable_zones

FREE = {f"eu-central-1{letter}": "" for letter in "cab"}


def zone(name: str, identity: str, region: str, **changes: str) -> dict[str, str]:
    usual = {"zone_type": "availability-zone", "state": "available"}
    return {"zone_name": name, "zone_id": identity, "region_name": region, **usual, **changes}


def refusal(reasons: dict[str, str], count: Any, in_use: dict[int, str] | None = None) -> str:
    with pytest.raises(NetworkProblem) as problem:
        choose_zones(reasons, count, in_use or {})
    return str(problem.value)


def test_zones_of_a_new_network_are_the_first_in_the_alphabet_whatever_aws_says_first() -> None:
    assert choose_zones(FREE, 2, {}) == ["eu-central-1a", "eu-central-1b"]


def test_count_from_the_command_line_is_a_string() -> None:
    assert choose_zones(FREE, "3", {}) == ["eu-central-1a", "eu-central-1b", "eu-central-1c"]


def test_new_zone_of_the_region_moves_no_zone_in_use() -> None:
    in_use = {0: "eu-central-1b", 1: "eu-central-1c"}
    assert choose_zones(FREE, 2, in_use) == ["eu-central-1b", "eu-central-1c"]
    assert choose_zones(FREE, 3, in_use) == ["eu-central-1b", "eu-central-1c", "eu-central-1a"]


def test_place_that_lost_both_its_subnets_is_filled() -> None:
    assert choose_zones(FREE, 3, {0: "eu-central-1c", 2: "eu-central-1a"}) == [
        "eu-central-1c",
        "eu-central-1b",
        "eu-central-1a",
    ]


@pytest.mark.parametrize("count", [-1, 0, 1, 7, "1"])
def test_count_that_no_load_balancer_or_region_has_is_refused(count: Any) -> None:
    assert refusal(FREE, count) == f"network_az_count is {count}; expected a number from 2 to 6."


def test_network_is_not_shrunk() -> None:
    message = refusal(FREE, 2, dict(enumerate(sorted(FREE))))
    assert message.startswith("network_az_count is 2, but the stack has subnets in 3 zones (eu-central-1a,")
    assert "Set network_az_count to 3" in message


def test_zone_in_use_that_can_no_longer_serve_is_named() -> None:
    message = refusal({**FREE, "eu-central-1a": "has no endpoint service sqs"}, 2, {0: "eu-central-1a"})
    assert "eu-central-1a has no endpoint service sqs" in message
    assert "network_extra_endpoints" in message
    assert "eu-central-1d is not in the region" in refusal(FREE, 2, {0: "eu-central-1d"})


def test_too_few_zones_are_named_with_those_that_were_left_out_and_why() -> None:
    message = refusal({"b": "", "a": "", "c": "has no endpoint service sqs", "d": "is a local-zone"}, 3)
    assert message.startswith("network_az_count is 3, but the region offers 2 availability zones (a, b)")
    assert "Left out: c has no endpoint service sqs; d is a local-zone." in message
    assert "palisade_region" in message


def test_only_zones_with_fargate_and_every_service_are_usable() -> None:
    zones = [
        zone("us-west-1a", "usw1-az3", "us-west-1"),
        zone("us-west-1b", "usw1-az2", "us-west-1"),
        zone("us-west-1c", "usw1-az1", "us-west-1"),
        zone("us-west-1d", "usw1-az1", "us-west-1", state="impaired"),
        zone("us-west-1-lax-1a", "usw1-lax1-az1", "us-west-1", zone_type="local-zone"),
    ]
    services = [
        {"short_name": "logs", "zones": ["us-west-1a", "us-west-1b", "us-west-1c"]},
        {"short_name": "sqs", "zones": ["us-west-1a"]},
    ]
    assert usable_zones(zones, {"us-west-1": ["usw1-az1", "usw1-az3"]}, services) == {
        "us-west-1a": "",
        "us-west-1b": "(usw1-az2) has no Fargate",
        "us-west-1c": "has no endpoint service sqs",
        "us-west-1d": "is impaired",
        "us-west-1-lax-1a": "is a local-zone",
    }


def test_zone_of_a_region_that_is_wholly_covered_has_fargate() -> None:
    assert usable_zones([zone("eu-central-1a", "euc1-az2", "eu-central-1")], {"us-west-1": []}, []) == {
        "eu-central-1a": ""
    }


def test_data_file_says_where_it_is_from_and_names_zones_of_its_regions() -> None:
    zones = Path(__file__).parents[4] / "roles" / "network" / "files" / "fargate_zones.yml"
    data = yaml.safe_load(zones.read_text(encoding="utf-8"))
    assert data["source"].startswith("https://docs.aws.amazon.com/")
    assert data["as_of"].count("-") == 2
    short = {"ap-northeast-1": "apne1", "cn-north-1": "cnn1", "us-west-1": "usw1"}
    for region, zones in data["regions"].items():
        assert len(zones) >= 2
        assert all(one.startswith(f"{short[region]}-az") for one in zones)
