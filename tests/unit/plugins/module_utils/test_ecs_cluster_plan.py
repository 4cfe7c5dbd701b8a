# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a cluster."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_cluster_plan import Change, Cluster, plan
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

ARN = "arn:aws:ecs:eu-central-1:123456789012:cluster/shop"
KEY = "arn:aws:kms:eu-central-1:123456789012:key/storage"
SPOT = {"capacity_provider": "FARGATE_SPOT", "weight": 3, "base": 0}
ON_DEMAND = {"capacity_provider": "FARGATE", "weight": 1, "base": 2}
WANTED: dict[str, Any] = {
    "state": "present",
    "name": "shop",
    "container_insights": "enhanced",
    "storage_key_arn": KEY,
    "capacity_providers": ["FARGATE", "FARGATE_SPOT"],
    "default_strategy": [ON_DEMAND, SPOT],
    "tags": {"Application": "shop"},
    "purge_tags": True,
}
FOUND: dict[str, Any] = {
    "clusterName": "shop",
    "clusterArn": ARN,
    "status": "ACTIVE",
    "settings": [{"name": "containerInsights", "value": "enhanced"}],
    "configuration": {"managedStorageConfiguration": {"fargateEphemeralStorageKmsKeyId": KEY}},
    # The other way round, and without what is nothing, as ECS may describe it.
    "capacityProviders": ["FARGATE_SPOT", "FARGATE"],
    "defaultCapacityProviderStrategy": [
        {"capacityProvider": "FARGATE_SPOT", "weight": 3},
        {"capacityProvider": "FARGATE", "weight": 1, "base": 2},
    ],
    "tags": [{"key": "Application", "value": "shop"}],
}


def test_what_is_there_is_no_change_in_whatever_order_it_is_described() -> None:
    assert not plan(FOUND, WANTED)
    assert not plan(FOUND, {**WANTED, "default_strategy": [SPOT, ON_DEMAND]})


@pytest.mark.parametrize("found", [None, {**FOUND, "status": "INACTIVE"}])
def test_deleted_cluster_is_none(found: dict[str, Any] | None) -> None:
    assert plan(found, WANTED).before == Cluster()
    assert not plan(found, {**WANTED, "state": "absent"})


@pytest.mark.parametrize(
    "change",
    [
        {"container_insights": "enabled"},
        {"storage_key_arn": ""},
        {"capacity_providers": ["FARGATE_SPOT", "FARGATE", "other"]},
        {"default_strategy": [SPOT]},
        {"tags": {"Application": "shop", "Stage": "dev"}},
        {"state": "absent"},
    ],
)
def test_each_difference_is_a_change(change: dict[str, Any]) -> None:
    found = plan(FOUND, {**WANTED, **change})
    assert found
    assert found.as_result(diff=True)["diff"]["before"]["name"] == "shop"


def test_what_others_have_configured_stays() -> None:
    shell = {"executeCommandConfiguration": {"logging": "NONE"}}
    storage = {"kmsKeyId": "volumes", "fargateEphemeralStorageKmsKeyId": "old"}
    found = {**FOUND, "configuration": {**shell, "managedStorageConfiguration": storage}}
    after = {"kmsKeyId": "volumes", "fargateEphemeralStorageKmsKeyId": KEY}
    assert plan(found, WANTED).whole_configuration == {**shell, "managedStorageConfiguration": after}
    without = plan(found, {**WANTED, "storage_key_arn": ""})
    assert without.whole_configuration == {**shell, "managedStorageConfiguration": {"kmsKeyId": "volumes"}}


def test_a_key_that_goes_is_taken_out_and_none_is_not_spoken_of() -> None:
    assert plan(FOUND, {**WANTED, "storage_key_arn": ""}).whole_configuration == {"managedStorageConfiguration": {}}
    assert plan(None, {**WANTED, "storage_key_arn": ""}).whole_configuration == {}


def test_other_tags_go_unless_they_are_kept_or_of_aws() -> None:
    tags = [{"key": "Old", "value": "1"}, {"key": "aws:made-by", "value": "2"}, *FOUND["tags"]]
    assert plan({**FOUND, "tags": tags}, WANTED).after.tags == {"Application": "shop", "aws:made-by": "2"}
    kept: Change = plan({**FOUND, "tags": tags}, {**WANTED, "purge_tags": False})
    assert kept.after.tags == {"Application": "shop", "Old": "1", "aws:made-by": "2"}
    assert not kept


@pytest.mark.parametrize(
    ("strategy", "message"),
    [
        ([SPOT, SPOT], "names a capacity provider twice"),
        ([ON_DEMAND, {**SPOT, "base": 1}], "more than one base"),
        ([{**SPOT, "weight": 1001}], "a weight from 0 to 1000"),
        ([{**SPOT, "weight": 0}], "no weight above 0"),
        ([{**SPOT, "capacity_provider": "mine"}], "names mine; expected one of capacity_providers"),
    ],
)
def test_strategy_that_ecs_would_refuse_is_refused(strategy: list[dict[str, Any]], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        plan(FOUND, {**WANTED, "default_strategy": strategy})
