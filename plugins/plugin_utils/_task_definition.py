# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Compare a wanted task definition with a registered one: a pure function over plain data.

community.aws.ecs_taskdefinition cannot be asked: it takes two lists of dictionaries of the same length for equal, so
a changed environment or secret would be ignored, and it compares neither the size nor the execution role of a task.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict

Facts = Mapping[str, Any]

# What ECS fills in where a container says nothing; the rest of what it adds is empty.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
CONTAINER_DEFAULTS = {"cpu": 0, "essential": True}
# Lists whose order ECS may change and does not care about; the order of a command says what is run.
UNORDERED = ("environment", "environment_files", "mount_points", "port_mappings", "secrets", "ulimits", "volumes_from")
# What ECS takes a task for that does not say what it runs on.
PLATFORM = {"cpu_architecture": "X86_64", "operating_system_family": "LINUX"}
TASK_KEYS = ("cpu", "memory", "network_mode", "execution_role_arn", "task_role_arn")


def definition_matches(wanted: Facts, registered: Facts) -> bool:
    """Say whether a registered definition, as ecs_taskdefinition_info gives it, is what is wanted.

    The order of containers, variables, ports and the like means nothing to ECS, so it means nothing here.
    """
    if not registered:
        return False
    sizes_match = all(str(wanted[key]) == str(registered.get(key)) for key in TASK_KEYS)
    platform = camel_dict_to_snake_dict(wanted.get("runtime_platform") or {})
    if _names(wanted) != _names(registered):
        return False
    if {**PLATFORM, **platform} != {**PLATFORM, **(registered.get("runtime_platform") or {})}:
        return False
    return sizes_match and _containers(wanted["containers"]) == _containers(registered["container_definitions"])


def _names(definition: Facts) -> list[str]:
    return sorted(volume["name"] for volume in definition.get("volumes") or [])


def _containers(containers: list[Facts]) -> list[Any]:
    return _sorted([_comparable(camel_dict_to_snake_dict(container)) for container in containers])


def _comparable(container: Facts) -> dict[str, Any]:
    points = container.get("mount_points") or []
    # That a volume can be written to is what nothing said means.
    writable = [{key: value for key, value in point.items() if value is not False} for point in points]
    container = {**container, "mount_points": writable}
    return {
        key: _sorted(value) if key in UNORDERED else value
        for key, value in container.items()
        if value not in ("", [], {}, None) and (key, value) not in CONTAINER_DEFAULTS.items()
    }


def _sorted(items: list[Any]) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
