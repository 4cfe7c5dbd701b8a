# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a cluster: nothing, check, creation, repetition, changes, removal, repetition."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecs_cluster

from tests.integration.plugins.modules.aws_account import AwsAccount, Json

KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678"
SPOT = {"capacity_provider": "FARGATE_SPOT", "weight": 3}
WANTED: Json = {"name": "shop", "storage_key_arn": KEY, "default_strategy": [SPOT], "tags": {"Application": "shop"}}


def described(aws: AwsAccount) -> Any:
    include = ["CONFIGURATIONS", "SETTINGS", "TAGS"]
    return aws.client("ecs").describe_clusters(clusters=["shop"], include=include)["clusters"][0]


def test_name_has_to_be_given(aws: AwsAccount) -> None:
    assert aws.run(ecs_cluster)["msg"] == "missing required arguments: name"


def test_story(aws: AwsAccount) -> None:
    dry = aws.run(ecs_cluster, dry=True, **WANTED)
    assert (dry["changed"], dry["cluster_arn"], dry["diff"]["before"], aws.written()) == (True, "", {}, [])
    made, again = (aws.run(ecs_cluster, dry=dry, **WANTED) for dry in (False, True))
    assert aws.written() == ["CreateCluster"]
    assert again["changed"] is False
    assert {**dry, "cluster_arn": made["cluster_arn"]} == {**made, "diff": dry["diff"]}
    found = described(aws)
    assert made["cluster_arn"] == found["clusterArn"]
    assert found["settings"] == [{"name": "containerInsights", "value": "enhanced"}]
    assert found["configuration"]["managedStorageConfiguration"] == {"fargateEphemeralStorageKmsKeyId": KEY}
    assert found["defaultCapacityProviderStrategy"] == [{"capacityProvider": "FARGATE_SPOT", "weight": 3, "base": 0}]
    gone, removed, still = (aws.run(ecs_cluster, dry=dry, name="shop", state="absent") for dry in (True, False, False))
    assert [one["changed"] for one in (gone, removed, still)] == [True, True, False]
    assert (aws.written(), described(aws)["status"]) == (["DeleteCluster"], "INACTIVE")
    # One of that name that was deleted is in nobody's way.
    assert aws.run(ecs_cluster, **WANTED)["changed"] is True
    assert described(aws)["status"] == "ACTIVE"


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({"container_insights": "disabled"}, ["UpdateCluster"]),
        ({"storage_key_arn": ""}, ["UpdateCluster"]),
        ({"capacity_providers": ["FARGATE_SPOT"]}, ["PutClusterCapacityProviders"]),
        ({"default_strategy": []}, ["PutClusterCapacityProviders"]),
        ({"tags": {"Stage": "dev"}}, ["UntagResource", "TagResource"]),
    ],
)
def test_only_what_differs_is_written(aws: AwsAccount, change: Json, written: list[str]) -> None:
    aws.run(ecs_cluster, **WANTED)
    aws.written()
    other = {**WANTED, **change}
    foreseen = aws.run(ecs_cluster, dry=True, **other)
    assert aws.written() == []
    done, again = (aws.run(ecs_cluster, dry=dry, **other) for dry in (False, True))
    assert aws.written() == written
    assert [one["changed"] for one in (foreseen, done, again)] == [True, True, False]
    assert {key: value for key, value in foreseen.items() if key != "diff"} == done


def test_cluster_that_another_made_is_adopted(aws: AwsAccount) -> None:
    aws.client("ecs").create_cluster(clusterName="shop")
    aws.written()
    assert aws.run(ecs_cluster, **WANTED)["changed"] is True
    assert aws.written() == ["UpdateCluster", "PutClusterCapacityProviders", "TagResource"]
    assert aws.run(ecs_cluster, dry=True, **WANTED)["changed"] is False


def test_what_ecs_would_refuse_is_refused_before_anything_is_written(aws: AwsAccount) -> None:
    told = aws.run(ecs_cluster, name="shop", default_strategy=[{"capacity_provider": "mine"}])
    assert "names mine; expected one of capacity_providers: FARGATE, FARGATE_SPOT" in told["msg"]
    assert aws.written() == []
