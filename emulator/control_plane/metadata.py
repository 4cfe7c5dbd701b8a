# SPDX-License-Identifier: GPL-3.0-or-later
"""The task metadata endpoint, version 4: what a task may ask about itself."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.control_plane.wsgi import Answer, Environment, json_answer


class MetadataEndpoint:
    """Serve `/_palisade/metadata/<32 digits of the task id>-<number>` (the container), and `/task` below it."""

    def __init__(self, find: Callable[[str], Any]) -> None:
        self._find = find

    def __call__(self, environment: Environment, path: str) -> Answer:
        """Return a description; unknown tasks and paths are not found."""
        name, _, rest = path.partition("/")
        task = self._find(name.partition("-")[0])
        if task is None or rest not in ("", "task"):
            return json_answer({"message": "not found"}, 404)
        container = _container(task)
        return json_answer(_task(task, container) if rest else container)


def _container(task: Any) -> dict[str, Any]:
    container = task.record.containers[0]
    return {
        "DockerId": container.runtime_id,
        "Name": container.name,
        "Image": container.image,
        "ImageID": getattr(container, "image_digest", ""),
        "ContainerARN": container.container_arn,
        "DesiredStatus": task.record.desired_status,
        "KnownStatus": task.record.last_status,
        "Type": "NORMAL",
        "Networks": [{"NetworkMode": "awsvpc", "IPv4Addresses": [task.vpc_address]}],
    }


def _task(task: Any, container: dict[str, Any]) -> dict[str, Any]:
    family, _, revision = task.record.task_definition_arn.split("/")[-1].rpartition(":")
    return {
        "Cluster": task.record.cluster_arn,
        "TaskARN": task.record.task_arn,
        "Family": family,
        "Revision": revision,
        "ServiceName": task.service.name if task.service else None,
        "DesiredStatus": task.record.desired_status,
        "KnownStatus": task.record.last_status,
        "AvailabilityZone": task.zone,
        "LaunchType": "FARGATE",
        "Containers": [container],
    }
