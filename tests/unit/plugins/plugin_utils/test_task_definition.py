# SPDX-License-Identifier: GPL-3.0-or-later
"""A wanted task definition compared with the registered one."""

from __future__ import annotations

from copy import deepcopy
from typing import Any

import pytest
from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict
from ansible_collections.palisade.ecs.plugins.plugin_utils._task_definition import definition_matches

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
    "network_mode": "awsvpc",
    "cpu": "256",
    "memory": "512",
    "execution_role_arn": "arn:aws:iam::123456789012:role/execution",
    "task_role_arn": "arn:aws:iam::123456789012:role/task",
    "containers": [CONTAINER],
}


def registered(wanted: dict[str, Any]) -> dict[str, Any]:
    """Return what ecs_taskdefinition_info gives for it, with what ECS adds."""
    task = {key: value for key, value in wanted.items() if key != "containers"}
    filled_in = {"cpu": 0, "mountPoints": [], "volumesFrom": [], "systemControls": []}
    containers = [camel_dict_to_snake_dict({**filled_in, **deepcopy(one)}) for one in wanted["containers"]]
    return {**task, "container_definitions": containers, "revision": 3, "status": "ACTIVE", "family": "shop-dev"}


def with_container(**fields: Any) -> dict[str, Any]:
    return {**WANTED, "containers": [{**CONTAINER, **fields}]}


@pytest.mark.parametrize("nothing", [{}, {"changed": False, "skipped": True}])
def test_definition_that_was_never_registered_differs(nothing: dict[str, Any]) -> None:
    assert not definition_matches(WANTED, nothing)


def test_what_ecs_fills_in_makes_no_difference() -> None:
    assert definition_matches(WANTED, registered(WANTED))


def test_another_processor_makes_a_difference_and_the_usual_one_does_not() -> None:
    usual = {**WANTED, "runtime_platform": {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}}
    assert definition_matches(usual, registered(WANTED))
    other = {**WANTED, "runtime_platform": {"cpuArchitecture": "ARM64", "operatingSystemFamily": "LINUX"}}
    assert not definition_matches(other, registered(WANTED))
    assert definition_matches(other, {**registered(WANTED), "runtime_platform": {"cpu_architecture": "ARM64"}})


def test_secrets_make_a_difference() -> None:
    secret = with_container(secrets=[{"name": "TOKEN", "valueFrom": "arn"}])
    assert not definition_matches(secret, registered(WANTED))
    assert definition_matches(secret, registered(secret))


def test_volumes_make_a_difference_and_what_ecs_says_of_them_does_not() -> None:
    point = {"sourceVolume": "scratch", "containerPath": "/tmp"}  # noqa: S108 - in a container
    wanted = {**with_container(mountPoints=[point]), "volumes": [{"name": "scratch"}]}
    said = with_container(mountPoints=[{**point, "readOnly": False}])
    assert definition_matches(wanted, {**registered(said), "volumes": [{"name": "scratch", "host": {}}]})
    assert not definition_matches(wanted, registered(said))
    assert not definition_matches(wanted, registered({**WANTED, "volumes": wanted["volumes"]}))
    read_only = with_container(mountPoints=[{**point, "readOnly": True}])
    assert not definition_matches(wanted, {**registered(read_only), "volumes": wanted["volumes"]})


@pytest.mark.parametrize("key", ["environment", "portMappings"])
def test_order_in_a_container_makes_no_difference(key: str) -> None:
    items = [*CONTAINER[key], {"name": "LAST", "value": "1"}]
    assert definition_matches(with_container(**{key: items}), registered(with_container(**{key: items[::-1]})))


def test_order_of_containers_makes_no_difference() -> None:
    both = [CONTAINER, {**CONTAINER, "name": "sidecar"}]
    assert definition_matches({**WANTED, "containers": both}, registered({**WANTED, "containers": both[::-1]}))


@pytest.mark.parametrize("key", ["cpu", "memory", "network_mode", "execution_role_arn", "task_role_arn"])
def test_other_size_mode_or_role_is_a_difference(key: str) -> None:
    assert not definition_matches({**WANTED, key: "other"}, registered(WANTED))


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
    assert not definition_matches(with_container(**fields), registered(WANTED))
    assert not definition_matches(WANTED, registered(with_container(**fields)))


def test_container_more_or_less_is_a_difference() -> None:
    both = {**WANTED, "containers": [CONTAINER, {**CONTAINER, "name": "sidecar"}]}
    assert not definition_matches(WANTED, registered(both))
    assert not definition_matches(both, registered(WANTED))


def test_other_order_of_a_command_is_a_difference() -> None:
    one, other = with_container(command=["serve", "verbose"]), with_container(command=["verbose", "serve"])
    assert not definition_matches(one, registered(other))
