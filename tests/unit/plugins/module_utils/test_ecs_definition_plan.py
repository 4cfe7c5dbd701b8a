# SPDX-License-Identifier: GPL-3.0-or-later
"""A wanted task definition compared with the registered one."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_definition_plan import (
    means_the_same,
    of_family,
    spell_out,
)

CONTAINER: dict[str, Any] = {
    "name": "app",
    "image": "registry/shop@sha256:0",
    "essential": True,
    "readonlyRootFilesystem": True,
    "linuxParameters": {"initProcessEnabled": True},
    "stopTimeout": 60,
    "portMappings": [{"containerPort": 8443, "hostPort": 8443, "protocol": "tcp"}],
    "environment": [{"name": "TABLE", "value": "shop-dev"}, {"name": "AWS_REGION", "value": "eu-central-1"}],
    "logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/shop-dev"}},
}
WANTED: dict[str, Any] = {
    "family": "shop-dev",
    "requiresCompatibilities": ["FARGATE"],
    "networkMode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "executionRoleArn": "arn:aws:iam::123456789012:role/execution",
    "taskRoleArn": "arn:aws:iam::123456789012:role/task",
    "containerDefinitions": [CONTAINER],
}


def registered(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what DescribeTaskDefinition gives for it, with what ECS adds and fills in."""
    filled_in = {"cpu": 0, "mountPoints": [], "volumesFrom": [], "systemControls": []}
    containers = [{**filled_in, **deepcopy(one)} for one in wanted["containerDefinitions"]]
    added = {"revision": 3, "status": "ACTIVE", "compatibilities": ["EC2", "FARGATE"], "registeredBy": "somebody"}
    empty = {"volumes": [], "placementConstraints": [], "requiresAttributes": [{"name": "x"}]}
    return {**empty, **wanted, **added, "enableFaultInjection": False, "containerDefinitions": containers}


def with_container(**fields: Any) -> dict[str, Any]:
    return {**WANTED, "containerDefinitions": [{**CONTAINER, **fields}]}


def test_definition_that_was_deregistered_differs() -> None:
    assert not means_the_same(WANTED, {**registered(WANTED), "status": "INACTIVE"})


def test_what_ecs_fills_in_makes_no_difference() -> None:
    assert means_the_same(WANTED, registered(WANTED))


def test_another_processor_makes_a_difference_and_the_usual_one_does_not() -> None:
    usual = {**WANTED, "runtimePlatform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}}
    assert means_the_same(usual, registered(WANTED))
    other = {**WANTED, "runtimePlatform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}
    assert not means_the_same(other, registered(WANTED))
    assert means_the_same(other, registered({**WANTED, "runtimePlatform": {"cpuArchitecture": "ARM64"}}))


def test_secrets_make_a_difference() -> None:
    secret = with_container(secrets=[{"name": "TOKEN", "valueFrom": "arn"}])
    assert not means_the_same(secret, registered(WANTED))
    assert means_the_same(secret, registered(secret))


def test_volumes_make_a_difference_and_what_ecs_says_of_them_does_not() -> None:
    point = {"sourceVolume": "scratch", "containerPath": "/tmp"}  # noqa: S108 - in a container
    wanted = {**with_container(mountPoints=[point]), "volumes": [{"name": "scratch"}]}
    said = with_container(mountPoints=[{**point, "readOnly": False}])
    assert means_the_same(wanted, registered({**said, "volumes": [{"name": "scratch", "host": {}}]}))
    assert not means_the_same(wanted, registered(said))
    assert not means_the_same(wanted, registered({**WANTED, "volumes": wanted["volumes"]}))
    read_only = with_container(mountPoints=[{**point, "readOnly": True}])
    assert not means_the_same(wanted, registered({**read_only, "volumes": wanted["volumes"]}))


@pytest.mark.parametrize("key", ["environment", "portMappings"])
def test_order_in_a_container_makes_no_difference(key: str) -> None:
    items = [*CONTAINER[key], {"name": "LAST", "value": "1"}]
    assert means_the_same(with_container(**{key: items}), registered(with_container(**{key: items[::-1]})))


def test_order_of_containers_makes_no_difference() -> None:
    both = [CONTAINER, {**CONTAINER, "name": "sidecar"}]
    assert means_the_same(
        {**WANTED, "containerDefinitions": both}, registered({**WANTED, "containerDefinitions": both[::-1]})
    )


@pytest.mark.parametrize("key", ["cpu", "memory", "networkMode", "executionRoleArn", "taskRoleArn"])
def test_other_size_mode_or_role_is_a_difference(key: str) -> None:
    assert not means_the_same({**WANTED, key: "other"}, registered(WANTED))


@pytest.mark.parametrize(
    "fields",
    [
        {"image": "registry/shop@sha256:1"},
        {"environment": [{"name": "TABLE", "value": "shop-dev"}, {"name": "AWS_REGION", "value": "eu-west-1"}]},
        {"environment": [{"name": "STAGE", "value": "shop-dev"}, {"name": "AWS_REGION", "value": "eu-central-1"}]},
        {"portMappings": [{"containerPort": 9443, "hostPort": 9443, "protocol": "tcp"}]},
        {"logConfiguration": {"logDriver": "awslogs", "options": {"awslogs-group": "/ecs/other"}}},
        {"stopTimeout": 61},
        {"readonlyRootFilesystem": False},
        {"linuxParameters": {"initProcessEnabled": False}},
        {"essential": False},
        {"cpu": 128},
        {"secrets": [{"name": "PASSWORD", "valueFrom": "arn"}]},
    ],
    ids=lambda fields: next(iter(fields)),
)
def test_other_container_is_a_difference_both_ways(fields: dict[str, Any]) -> None:
    assert not means_the_same(with_container(**fields), registered(WANTED))
    assert not means_the_same(WANTED, registered(with_container(**fields)))


def test_container_more_or_less_is_a_difference() -> None:
    both = {**WANTED, "containerDefinitions": [CONTAINER, {**CONTAINER, "name": "sidecar"}]}
    assert not means_the_same(WANTED, registered(both))
    assert not means_the_same(both, registered(WANTED))


def test_other_order_of_a_command_is_a_difference() -> None:
    one, other = with_container(command=["serve", "verbose"]), with_container(command=["verbose", "serve"])
    assert not means_the_same(one, registered(other))


@pytest.mark.parametrize(
    ("said", "filled_in"),
    [
        (
            {"healthCheck": {"command": ["CMD", "check"]}},
            {"healthCheck": {"command": ["CMD", "check"], "interval": 30, "timeout": 5, "retries": 3}},
        ),
        (
            {"portMappings": [{"containerPort": 8443}]},
            {"portMappings": [{"containerPort": 8443, "hostPort": 8443, "protocol": "tcp"}]},
        ),
        (
            {"linuxParameters": {"initProcessEnabled": True}},
            {"linuxParameters": {"initProcessEnabled": True, "tmpfs": []}},
        ),
        ({"environment": [{"name": "PORT", "value": 1}]}, {"environment": [{"name": "PORT", "value": "1"}]}),
    ],
    ids=["health check", "port", "linux parameters", "number"],
)
def test_what_ecs_fills_in_deep_inside_makes_no_difference(said: dict[str, Any], filled_in: dict[str, Any]) -> None:
    assert means_the_same(with_container(**said), registered(with_container(**filled_in)))


@pytest.mark.parametrize(
    "more",
    [
        {"runtimePlatform": {"cpuArchitecture": "ARM64"}},
        {"volumes": [{"name": "scratch"}]},
        {"ephemeralStorage": {"sizeInGiB": 30}},
    ],
    ids=lambda more: next(iter(more)),
)
def test_whatever_else_is_said_of_a_task_is_a_difference_both_ways(more: dict[str, Any]) -> None:
    assert not means_the_same({**WANTED, **more}, registered(WANTED))
    assert not means_the_same(WANTED, registered({**WANTED, **more}))
    assert means_the_same({**WANTED, **more}, registered({**WANTED, **more}))


def test_numbers_are_text_to_ecs_and_tags_no_difference() -> None:
    numbers = {**WANTED, "cpu": 256, "memory": 512, "tags": [{"key": "team", "value": "shop"}]}
    assert means_the_same(numbers, registered(WANTED))
    assert (spell_out(numbers)["cpu"], spell_out(numbers)["memory"]) == ("256", "512")


def test_empty_host_of_a_volume_makes_no_difference() -> None:
    said, filled_in = ({**WANTED, "volumes": [{"name": "scratch", **host}]} for host in ({}, {"host": {}}))
    assert means_the_same(said, registered(filled_in))


def test_a_family_whose_name_begins_alike_is_another_one() -> None:
    prefix = "arn:aws:ecs:eu-central-1:123456789012:task-definition/"
    arns = [f"{prefix}{name}" for name in ("shop:2", "shop-dev:1", "shop:1")]
    assert of_family(arns, "shop") == [f"{prefix}shop:2", f"{prefix}shop:1"]
