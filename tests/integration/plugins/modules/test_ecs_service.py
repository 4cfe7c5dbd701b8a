# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a service: no cluster, check, creation, repetition, changes; the number of tasks is not ours."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecs_service

from tests.integration.plugins.modules.aws_account import REGION, AwsAccount, Json

WANTED: Json = {
    "cluster": "shop",
    "name": "shop",
    "task_definition": "shop:1",
    "desired_count": 2,
    "capacity_provider_strategy": [{"capacity_provider": "FARGATE"}],
    "tags": {"Application": "shop"},
}


def define(aws: AwsAccount, family: str) -> None:
    """Make the cluster, and two revisions of a task definition."""
    ecs = aws.client("ecs")
    ecs.create_cluster(clusterName=family, capacityProviders=["FARGATE", "FARGATE_SPOT"])
    for image in ("one", "two"):
        ecs.register_task_definition(
            family=family,
            networkMode="awsvpc",
            requiresCompatibilities=["FARGATE"],
            cpu="256",
            memory="512",
            containerDefinitions=[{"name": "app", "image": image}],
        )


def network(aws: AwsAccount) -> Json:
    """Return where the tasks run."""
    ec2 = aws.client("ec2")
    vpc = ec2.create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    subnets = [
        ec2.create_subnet(VpcId=vpc, CidrBlock=f"10.0.{number}.0/24", AvailabilityZone=f"{REGION}{zone}")
        for number, zone in enumerate("ab")
    ]
    group = ec2.create_security_group(GroupName="shop", Description="shop", VpcId=vpc)["GroupId"]
    return {"subnets": [one["Subnet"]["SubnetId"] for one in subnets], "security_groups": [group]}


@pytest.fixture
def wanted(aws: AwsAccount) -> Json:
    define(aws, "shop")
    made = {**WANTED, **network(aws)}
    aws.written()
    return made


def described(aws: AwsAccount) -> Any:
    return aws.client("ecs").describe_services(cluster="shop", services=["shop"], include=["TAGS"])["services"][0]


def test_task_definition_has_to_be_given(aws: AwsAccount) -> None:
    told = aws.run(ecs_service, **{key: value for key, value in WANTED.items() if key != "task_definition"})
    assert "missing required arguments: security_groups, subnets, task_definition" in told["msg"]


def test_cluster_need_not_be_there_in_a_dry_run(aws: AwsAccount) -> None:
    dry = aws.run(ecs_service, dry=True, **WANTED, subnets=["subnet-a"], security_groups=["sg-a"])
    assert (dry["changed"], dry["deploys"], dry["diff"]["before"]) == (True, True, {})


def test_story(aws: AwsAccount, wanted: Json) -> None:
    dry = aws.run(ecs_service, dry=True, **wanted)
    assert (dry["changed"], dry["service"]["service_arn"], aws.written()) == (True, "", [])
    made, again = (aws.run(ecs_service, dry=dry, **wanted) for dry in (False, True))
    assert aws.written() == ["CreateService"]
    assert (again["changed"], again["deploys"]) == (False, False)
    arn = {"service_arn": described(aws)["serviceArn"]}
    assert {**dry["service"], **arn} == made["service"] == again["service"]
    found = described(aws)
    assert "launchType" not in found
    assert found["availabilityZoneRebalancing"] == "ENABLED"
    assert found["enableECSManagedTags"] is True
    assert found["propagateTags"] == "SERVICE"
    assert found["desiredCount"] == 2


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({"task_definition": "shop:2"}, ["UpdateService"]),
        ({"capacity_provider_strategy": [{"capacity_provider": "FARGATE_SPOT"}]}, ["UpdateService"]),
        ({"zone_rebalancing_enabled": False, "maximum_percent": 100}, ["UpdateService"]),
        ({"managed_tags_enabled": False}, ["UpdateService"]),
        ({"propagate_tags": "TASK_DEFINITION"}, ["UpdateService"]),
        ({"circuit_breaker_enabled": False}, ["UpdateService"]),
        ({"tags": {"Stage": "dev"}}, ["UntagResource", "TagResource"]),
    ],
)
def test_only_what_differs_is_written(aws: AwsAccount, wanted: Json, change: Json, written: list[str]) -> None:
    aws.run(ecs_service, **wanted)
    # What autoscaling does.
    aws.client("ecs").update_service(cluster="shop", service="shop", desiredCount=5)
    aws.written()
    other = {**wanted, **change}
    foreseen = aws.run(ecs_service, dry=True, **other)
    assert aws.written() == []
    done, again = (aws.run(ecs_service, dry=dry, **other) for dry in (False, True))
    assert aws.written() == written
    assert [one["changed"] for one in (foreseen, done, again)] == [True, True, False]
    assert {key: value for key, value in foreseen.items() if key != "diff"} == done
    assert described(aws)["desiredCount"] == 5


def test_service_of_a_launch_type_gets_a_strategy(aws: AwsAccount, wanted: Json) -> None:
    where = {"subnets": wanted["subnets"], "securityGroups": wanted["security_groups"]}
    aws.client("ecs").create_service(
        cluster="shop",
        serviceName="shop",
        taskDefinition="shop:1",
        desiredCount=3,
        launchType="FARGATE",
        networkConfiguration={"awsvpcConfiguration": where},
    )
    aws.written()
    assert aws.run(ecs_service, **wanted)["deploys"] is True
    assert aws.run(ecs_service, dry=True, **wanted)["changed"] is False
    assert (described(aws)["desiredCount"], "launchType" in described(aws)) == (3, False)
