# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Read what ECS says of a service: pure functions over plain data."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Facts = Mapping[str, Any]
UNKNOWN_DIGEST = "sha256:" + "0" * 64


def active_service(services: Sequence[Facts]) -> Facts:
    """Return the service that is ACTIVE, or an empty dictionary: a deleted one is listed as INACTIVE for a while."""
    return next((service for service in services if service["status"] == "ACTIVE"), {})


def published_image(result: Facts) -> str:
    """Return the image that a publisher named in its last line, or nothing when it did not run."""
    lines = result.get("stdout_lines") or []
    return str(json.loads(lines[-1])["image"]) if lines else ""


def running_image(definition: Facts, container: str) -> str:
    """Return the image of a container in a task definition as ecs_taskdefinition_info gives it, or nothing."""
    containers = definition.get("container_definitions") or []
    return next((str(one["image"]) for one in containers if one["name"] == container), "")


def target_group_arns(names: Sequence[str], found: Sequence[Facts], missing: str) -> list[str]:
    """Return the ARNs of target groups in the order of their names, a placeholder for those that are not there."""
    arns = {one["target_group_name"]: str(one["target_group_arn"]) for one in found if one.get("target_group_arn")}
    return [arns.get(name, missing) for name in names]
