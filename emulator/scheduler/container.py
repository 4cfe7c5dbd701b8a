# SPDX-License-Identifier: GPL-3.0-or-later
"""What to execute for a container: command, environment, directory."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from emulator.images.bundle import Bundle
from emulator.scheduler.pull import StartError
from emulator.settings import REGION

# A container's environment begins empty; these keep the user's own files and this machine's metadata out of it.
BASE = {
    "PATH": "/usr/local/bin:/usr/bin:/bin",
    "HOME": "/nonexistent",
    "LANG": "C.UTF-8",
    "AWS_CONFIG_FILE": "/dev/null",
    "AWS_EC2_METADATA_DISABLED": "true",
    "AWS_SHARED_CREDENTIALS_FILE": "/dev/null",
}
PATHS = frozenset({"PATH", "PYTHONPATH", "VIRTUAL_ENV"})


@dataclass(frozen=True)
class Command:
    """A process to start."""

    arguments: tuple[str, ...]
    environment: Mapping[str, str]
    directory: Path


@dataclass(frozen=True)
class Surroundings:
    """What ECS and this machine add to a container."""

    address: str
    temporary: Path
    endpoint_url: str
    task_id: str
    credentials_token: str | None
    secret: Callable[[str], str]


def command(bundle: Bundle, definition: dict[str, Any], overrides: dict[str, Any], around: Surroundings) -> Command:
    """Return what to execute; call under the lock, for the secrets."""
    image = bundle.configuration
    environment = {
        **BASE,
        **_image_environment(bundle, image),
        **_pairs(definition.get("environment")),
        **{item["name"]: around.secret(item["valueFrom"]) for item in definition.get("secrets") or []},
        **_pairs(overrides.get("environment")),
        **_injected(around),
    }
    entrypoint = definition.get("entryPoint") or image.get("Entrypoint") or []
    own = [] if definition.get("entryPoint") else image.get("Cmd") or []
    arguments = [*entrypoint, *(overrides.get("command") or definition.get("command") or own)]
    if not arguments:
        raise StartError("CannotStartContainerError: neither the image nor the container definition has a command")
    directory = bundle.inside(definition.get("workingDirectory") or image.get("WorkingDir") or "/")
    return Command(tuple(arguments), environment, Path(directory))


def _image_environment(bundle: Bundle, image: dict[str, Any]) -> dict[str, str]:
    pairs = dict(item.partition("=")[::2] for item in image.get("Env") or [])
    return {name: bundle.inside(value) if name in PATHS else value for name, value in pairs.items()}


def _pairs(items: list[dict[str, str]] | None) -> dict[str, str]:
    return {item["name"]: item.get("value", "") for item in items or []}


def metadata_url(endpoint_url: str, task_id: str) -> str:
    """Return a task's metadata address; as on AWS it ends in the id's 32 hexadecimal digits and a number."""
    return f"{endpoint_url}/_palisade/metadata/{task_id.replace('-', '')}-0"


def _injected(around: Surroundings) -> dict[str, str]:
    """Return the variables of ECS, and those that take the place of network namespace and root file system."""
    variables = {
        "AWS_DEFAULT_REGION": REGION,
        "AWS_ENDPOINT_URL": around.endpoint_url,
        "AWS_EXECUTION_ENV": "AWS_ECS_FARGATE",
        "AWS_REGION": REGION,
        "ECS_CONTAINER_METADATA_URI_V4": metadata_url(around.endpoint_url, around.task_id),
        "GRANIAN_HOST": around.address,
        "TMPDIR": str(around.temporary),
    }
    if around.credentials_token:
        url = f"{around.endpoint_url}/_palisade/credentials/{around.task_id}"
        variables["AWS_CONTAINER_CREDENTIALS_FULL_URI"] = url
        variables["AWS_CONTAINER_AUTHORIZATION_TOKEN"] = around.credentials_token
    return variables
