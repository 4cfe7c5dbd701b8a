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


def deployment_settled(services: Sequence[Facts], family: str, revision: int) -> bool:
    """Say whether a service runs all its tasks from one revision and nothing else.

    A rollback ends with the old definition as the completed deployment, so completion alone proves nothing.
    """
    service = active_service(services)
    deployments = service.get("deployments", [])
    if len(deployments) != 1:
        return False
    deployment = deployments[0]
    return bool(
        deployment["taskDefinition"].endswith(f":task-definition/{family}:{revision}")
        and deployment["rolloutState"] == "COMPLETED"
        and deployment["runningCount"] == deployment["desiredCount"] == service["desiredCount"]
    )


def deployment_story(services: Sequence[Facts]) -> str:
    """Return in lines for a person how far a deployment got and what the service said last."""
    service = active_service(services)
    states = [
        f"{one['taskDefinition'].split('/')[-1]}: {one['rolloutState']}, "
        f"{one['runningCount']} of {one['desiredCount']} tasks running, {one.get('failedTasks', 0)} failed"
        for one in service.get("deployments", [])
    ]
    events = [str(event["message"]) for event in service.get("events", [])[:5]]
    return "\n".join([*states, "Last events:", *events])
