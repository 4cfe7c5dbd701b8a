# SPDX-License-Identifier: GPL-3.0-or-later
"""What ECS says of a service, as ecs_service_info returns it."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._service_facts import (
    active_service,
    published_image,
    running_image,
    target_group_arns,
)

IMAGE = f"123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-dev@sha256:{'0' * 64}"


def service(**fields: Any) -> dict[str, Any]:
    return {
        "serviceName": "shop-dev",
        "status": "ACTIVE",
        "desiredCount": 2,
        "runningCount": 2,
        **fields,
    }


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


def test_target_groups_are_in_the_order_of_their_names() -> None:
    found = [
        {"target_group_name": "shop-other", "target_group_arn": "arn:b"},
        {"changed": True},
        {"target_group_name": "shop", "target_group_arn": "arn:a"},
    ]
    assert target_group_arns(["shop", "shop-other", "gone"], found, "none") == ["arn:a", "arn:b", "none"]
