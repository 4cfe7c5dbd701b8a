# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a name that leads to a load balancer."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._route53_alias_plan import plan, record_of, zone_of

TARGET = "shop-1.eu-central-1.elb.amazonaws.com"
WANTED: dict[str, Any] = {
    "state": "present",
    "zone": "example.com",
    "name": "shop.example.com",
    "target": TARGET,
    "target_zone_id": "Z1",
}
FOUND = {
    "Name": "shop.example.com.",
    "Type": "A",
    "AliasTarget": {"HostedZoneId": "Z1", "DNSName": f"{TARGET}.", "EvaluateTargetHealth": True},
}
ADDRESS = {"Name": "shop.example.com.", "Type": "A", "TTL": 300, "ResourceRecords": [{"Value": "192.0.2.1"}]}


def test_spelling_is_no_change() -> None:
    assert not plan(FOUND, WANTED)
    assert not plan(FOUND, {**WANTED, "name": "Shop.Example.com.", "target": f"{TARGET.upper()}."})
    assert plan({}, WANTED).after.record == FOUND


@pytest.mark.parametrize(
    "before",
    [
        {},
        ADDRESS,
        {**FOUND, "AliasTarget": {**FOUND["AliasTarget"], "DNSName": "old."}},  # type: ignore[dict-item]
        {**FOUND, "AliasTarget": {**FOUND["AliasTarget"], "EvaluateTargetHealth": False}},  # type: ignore[dict-item]
    ],
)
def test_name_is_led_to_the_target_wherever_it_led(before: dict[str, Any]) -> None:
    assert plan(before, WANTED)


def test_name_that_leads_elsewhere_is_not_ours_to_delete() -> None:
    away = {**WANTED, "state": "absent"}
    assert plan(FOUND, away)
    assert not plan({}, away)
    assert not plan(ADDRESS, away)


def test_record_is_found_among_those_that_follow() -> None:
    others = [{**ADDRESS, "Name": "site.example.com."}, {**ADDRESS, "Type": "AAAA"}]
    assert record_of("shop.example.com", [FOUND, *others]) == FOUND
    assert record_of("shop.example.com", others) == {}
    with pytest.raises(PlanError, match="routing policy"):
        record_of("shop.example.com", [{**FOUND, "SetIdentifier": "blue"}])


@pytest.mark.parametrize(
    ("found", "name", "message"),
    [
        ([], "shop.example.com", "there are 0 public zones"),
        (["Z1", "Z2"], "shop.example.com", "there are 2 public zones"),
        (["Z1"], "shop.example.org", "is not in the zone"),
        (["Z1"], "shopexample.com", "is not in the zone"),
    ],
)
def test_zone_has_to_be_the_one_of_the_name(found: list[str], name: str, message: str) -> None:
    assert zone_of("example.com", ["Z1"], "example.com") == "Z1"
    with pytest.raises(PlanError, match=message):
        zone_of("example.com", found, name)
