# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about attributes of a load balancer or a target group."""

from __future__ import annotations

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._elb_attributes_plan import kind_of, plan, refused
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

FOUND = {"idle_timeout.timeout_seconds": "50", "routing.http2.enabled": "true", "waf.fail_open.enabled": "false"}


def test_numbers_and_truth_values_are_text() -> None:
    assert not plan(FOUND, {"idle_timeout.timeout_seconds": 50, "routing.http2.enabled": True})
    assert not plan(FOUND, {"routing.http2.enabled": "True"})
    assert plan(FOUND, {"routing.http2.enabled": False}).to_set == {"routing.http2.enabled": "false"}


def test_only_what_was_asked_for_is_set_and_shown() -> None:
    change = plan(FOUND, {"idle_timeout.timeout_seconds": "60", "waf.fail_open.enabled": "false", "new": 1})
    assert change.to_set == {"idle_timeout.timeout_seconds": "60", "new": "1"}
    assert change.as_result(diff=True)["diff"] == {
        "before": {"idle_timeout.timeout_seconds": "50", "waf.fail_open.enabled": "false"},
        "after": {"idle_timeout.timeout_seconds": "60", "new": "1", "waf.fail_open.enabled": "false"},
    }


def test_what_was_taken_and_not_set_is_told() -> None:
    assert refused({"a": "1", "b": "2"}, {"a": "1", "b": "2", "c": "3"}) == []
    assert refused({"a": "1", "b": "2"}, {"a": "0"}) == ["a is 0 instead of 1", "b is missing instead of 2"]


def test_what_an_arn_is_of() -> None:
    place = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
    assert kind_of(f"{place}:loadbalancer/app/shop/1") == "loadbalancer"
    assert kind_of(f"{place}:targetgroup/shop/1") == "targetgroup"
    with pytest.raises(PlanError, match="expected that of a load balancer or of a target group"):
        kind_of(f"{place}:listener/app/shop/1/2")
