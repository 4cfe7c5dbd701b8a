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
TASK_KEYS = ("cpu", "memory", "network_mode", "execution_role_arn", "task_role_arn")


def definition_matches(wanted: Facts, registered: Facts) -> bool:
    """Say whether a registered definition, as ecs_taskdefinition_info gives it, is what is wanted.

    The order of containers, variables, ports and the like means nothing to ECS, so it means nothing here.
    """
    if not registered:
        return False
    sizes_match = all(str(wanted[key]) == str(registered.get(key)) for key in TASK_KEYS)
    return sizes_match and _containers(wanted["containers"]) == _containers(registered["container_definitions"])


def _containers(containers: list[Facts]) -> Any:
    return _unordered([_without_defaults(camel_dict_to_snake_dict(container)) for container in containers])


def _without_defaults(container: Facts) -> dict[str, Any]:
    return {
        key: value
        for key, value in container.items()
        if value not in ("", [], {}, None) and (key, value) not in CONTAINER_DEFAULTS.items()
    }


def _unordered(value: Any) -> Any:
    if isinstance(value, Mapping):
        return {key: _unordered(item) for key, item in value.items()}
    if isinstance(value, list):
        return sorted((_unordered(item) for item in value), key=lambda item: json.dumps(item, sort_keys=True))
    return value
