# SPDX-License-Identifier: GPL-3.0-or-later
"""What ECS says of a service, as ecs_service_info returns it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._service_facts import (
    active_service,
    deployment_settled,
    deployment_story,
    published_image,
    running_image,
)

PREFIX = "arn:aws:ecs:eu-central-1:123456789012:task-definition"
IMAGE = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-dev@sha256:{'0' * 64}"


def deployment(revision: int = 2, **fields: Any) -> dict[str, Any]:
    return {
        "status": "PRIMARY",
        "taskDefinition": f"{PREFIX}/shop-dev:{revision}",
        "rolloutState": "COMPLETED",
        "desiredCount": 2,
        "runningCount": 2,
        "pendingCount": 0,
        "failedTasks": 0,
        **fields,
    }


def service(*deployments: dict[str, Any], **fields: Any) -> dict[str, Any]:
    return {
        "serviceName": "shop-dev",
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 2,
        "deployments": list(deployments) or [deployment()],
        **fields,
    }


def settled(*services: dict[str, Any], revision: Any = 2) -> bool:
    return deployment_settled(services, "shop-dev", revision)


def test_active_service_is_found_behind_one_that_was_deleted() -> None:
    active = service()
    assert active_service([service(status="INACTIVE"), service(status="DRAINING"), active]) is active


@pytest.mark.parametrize("services", [[], [service(status="INACTIVE")], [service(status="DRAINING")]])
def test_service_that_is_not_there_or_goes_away_is_none(services: list[dict[str, Any]]) -> None:
    assert active_service(services) == {}


def test_image_is_read_from_the_last_line_of_a_publisher() -> None:
    lines = ["building", '{"image": "nonsense"}', f'{{"image": "{IMAGE}", "digest": "sha256:0", "changed": true}}']
    assert published_image({"stdout_lines": lines, "rc": 0}) == IMAGE


@pytest.mark.parametrize("result", [{"skipped": True}, {"stdout_lines": []}, {"stdout_lines": None}, {}])
def test_publisher_that_did_not_run_gives_no_image(result: dict[str, Any]) -> None:
    assert published_image(result) == ""


def test_image_of_the_container_is_read_beside_a_sidecar() -> None:
    definition = {"container_definitions": [{"name": "sidecar", "image": "other"}, {"name": "app", "image": IMAGE}]}
    assert running_image(definition, "app") == IMAGE


@pytest.mark.parametrize(
    "definition",
    [
        {},
        {"skipped": True},
        {"container_definitions": []},
        {"container_definitions": [{"name": "other", "image": "x"}]},
    ],
)
def test_definition_without_the_container_gives_no_image(definition: dict[str, Any]) -> None:
    assert running_image(definition, "app") == ""


@pytest.mark.parametrize("revision", [2, "2"])
def test_service_that_runs_the_wanted_revision_and_nothing_else_is_settled(revision: Any) -> None:
    assert settled(service(), revision=revision)


def test_service_that_is_scaled_to_nothing_is_settled() -> None:
    assert settled(service(deployment(desiredCount=0, runningCount=0), desiredCount=0))


def test_deleted_namesake_does_not_matter() -> None:
    assert settled(service(deployment(revision=1), status="INACTIVE"), service())


@pytest.mark.parametrize(
    "services",
    [
        pytest.param([], id="no service"),
        pytest.param([service(status="INACTIVE")], id="deleted service"),
        pytest.param([service(deployments=[])], id="no deployment yet"),
        pytest.param([service(deployment(revision=1))], id="rolled back: the old revision is the completed one"),
        pytest.param([service(deployment(revision=12))], id="revision that ends in the same digit"),
        pytest.param(
            [service(deployment(), deployment(revision=1, status="ACTIVE"))], id="old tasks are still draining"
        ),
        pytest.param(
            [service(deployment(revision=1), deployment(rolloutState="FAILED", status="ACTIVE"))], id="rolling back"
        ),
        pytest.param([service(deployment(rolloutState="IN_PROGRESS"))], id="in progress"),
        pytest.param([service(deployment(rolloutState="FAILED"))], id="failed"),
        pytest.param([service(deployment(runningCount=1))], id="a task is missing"),
        pytest.param([service(deployment(runningCount=3))], id="a task is too many"),
        pytest.param([service(desiredCount=3)], id="scaled out, and the deployment does not know it yet"),
    ],
)
def test_anything_else_is_not_settled(services: list[dict[str, Any]]) -> None:
    assert not settled(*services)


def test_revision_of_another_family_is_not_settled() -> None:
    other = deployment(taskDefinition=f"{PREFIX}/my-shop-dev:2")
    assert not settled(service(other))


def test_story_tells_each_deployment_and_the_last_five_events() -> None:
    told = deployment_story(
        [
            service(
                deployment(revision=3, rolloutState="FAILED", runningCount=0, failedTasks=3),
                deployment(revision=2, rolloutState="IN_PROGRESS"),
                events=[{"message": f"event {number}"} for number in range(1, 8)],
            )
        ]
    )
    assert told.splitlines() == [
        "shop-dev:3: FAILED, 0 of 2 tasks running, 3 failed",
        "shop-dev:2: IN_PROGRESS, 2 of 2 tasks running, 0 failed",
        "Last events:",
        *(f"event {number}" for number in range(1, 6)),
    ]


@pytest.mark.parametrize("services", [[], [service(status="INACTIVE")]])
def test_story_of_a_service_that_is_gone_is_short(services: list[dict[str, Any]]) -> None:
    assert deployment_story(services) == "Last events:"
