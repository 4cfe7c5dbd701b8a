# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Whether two task definitions mean the same, as pure functions over what the ECS API takes and gives."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

Facts = Mapping[str, Any]

# What ECS adds to a definition that it has registered.
ADDED = frozenset(
    {
        "compatibilities",
        "deleteRequestedAt",
        "deregisteredAt",
        "registeredAt",
        "registeredBy",
        "requiresAttributes",
        "revision",
        "status",
        "taskDefinitionArn",
    }
)
# What ECS fills in where nothing is said; the rest of what it fills in is empty.
# https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_ContainerDefinition.html
CONTAINER_DEFAULTS = {"cpu": 0, "essential": True}
HEALTH_CHECK_DEFAULTS = {"interval": 30, "timeout": 5, "retries": 3}
DEFINITION_DEFAULTS = {"enableFaultInjection": False}
PLATFORM_DEFAULTS = {"cpuArchitecture": "X86_64", "operatingSystemFamily": "LINUX"}
# Lists whose order ECS may change and does not care about; the order of a command says what is run.
UNORDERED = (
    "dependsOn",
    "environment",
    "environmentFiles",
    "mountPoints",
    "portMappings",
    "secrets",
    "systemControls",
    "ulimits",
    "volumesFrom",
)


def of_family(arns: Sequence[str], family: str) -> list[str]:
    """Return the ARNs that are of a family: AWS says that it takes a full name to list them, and calls it a prefix."""
    return [arn for arn in arns if arn.rpartition("/")[2].rpartition(":")[0] == family]


def means_the_same(wanted: Facts, registered: Facts) -> bool:
    """Say whether a registered definition is what is wanted; one that is not ACTIVE never is.

    The order of containers, variables, ports and the like means nothing to ECS, so it means nothing here.
    """
    return registered.get("status") == "ACTIVE" and comparable(wanted) == comparable(registered)


def spell_out(definition: Facts) -> dict[str, Any]:
    """Return a definition with text where ECS wants text and people write numbers, and without what is nothing."""
    sizes = {name: str(definition[name]) for name in ("cpu", "memory") if name in definition}
    containers = []
    for one in definition["containerDefinitions"]:
        variables = [{**item, "value": str(item.get("value", ""))} for item in one.get("environment") or []]
        # ECS takes no check without a command.
        checked = (one.get("healthCheck") or {}).get("command")
        kept = {name: value for name, value in one.items() if name != "healthCheck" or checked}
        containers.append({**kept, "environment": variables})
    return {**definition, **sizes, "containerDefinitions": containers}


def comparable(definition: Facts) -> dict[str, Any]:
    """Return a definition without what ECS adds, fills in or does not care about."""
    spelled = spell_out(definition)
    kept = {name: _told(value) for name, value in spelled.items() if name not in {*ADDED, "tags"}}
    kept["containerDefinitions"] = _sorted([_container(one) for one in spelled["containerDefinitions"]])
    for listed in ("requiresCompatibilities", "volumes"):
        kept[listed] = _sorted([_told(one) for one in kept.get(listed) or []])
    kept["runtimePlatform"] = {**PLATFORM_DEFAULTS, **(kept.get("runtimePlatform") or {})}
    return _without(kept, DEFINITION_DEFAULTS)


def _container(container: Facts) -> dict[str, Any]:
    told = {name: _told(value) for name, value in container.items()}
    if told.get("healthCheck"):
        told["healthCheck"] = {**HEALTH_CHECK_DEFAULTS, **told["healthCheck"]}
    told["portMappings"] = [
        # With awsvpc, the only network mode of Fargate, both are the same.
        {"hostPort": port.get("containerPort"), "protocol": "tcp", **port}
        for port in told.get("portMappings") or []
    ]
    # That a volume can be written to is what nothing said means.
    told["mountPoints"] = [_without(point, {"readOnly": False}) for point in told.get("mountPoints") or []]
    ordered = {name: _sorted(value) if name in UNORDERED else value for name, value in told.items()}
    return _without(ordered, CONTAINER_DEFAULTS)


def _told(value: Any) -> Any:
    """Leave out of a dictionary what says nothing, however deep."""
    if not isinstance(value, Mapping):
        return value
    told = {name: _told(inner) for name, inner in value.items()}
    return {name: inner for name, inner in told.items() if inner not in ("", [], {}, None)}


def _without(facts: Mapping[str, Any], defaults: Facts) -> dict[str, Any]:
    return {
        name: value
        for name, value in facts.items()
        if value not in ("", [], {}, None) and (name, value) not in defaults.items()
    }


def _sorted(items: Sequence[Any]) -> list[Any]:
    return sorted(items, key=lambda item: json.dumps(item, sort_keys=True))
