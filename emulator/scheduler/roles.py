# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether ECS may act in the roles that a task definition names."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.models import iam_backends

from emulator.scheduler.pull import StartError
from emulator.settings import ACCOUNT_ID

SERVICE = "ecs-tasks.amazonaws.com"


def check_roles(definition: Any) -> None:
    """Refuse roles that do not exist or do not trust ECS tasks; call under the lock."""
    for arn in (getattr(definition, "execution_role_arn", None), getattr(definition, "task_role_arn", None)):
        if arn and not _trusts_tasks(arn):
            raise StartError(
                f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that the "
                "role being passed has the proper trust relationship and permissions"
            )


def _trusts_tasks(arn: str) -> bool:
    role = next((role for role in iam_backends[ACCOUNT_ID]["aws"].roles.values() if role.arn == arn), None)
    if role is None:
        return False
    document = role.assume_role_policy_document
    statements = (json.loads(document) if isinstance(document, str) else document)["Statement"]
    return any(_allows(statement) for statement in _as_list(statements))


def _allows(statement: dict[str, Any]) -> bool:
    principal = statement.get("Principal")
    services = _as_list(principal.get("Service", [])) if isinstance(principal, dict) else []
    return statement["Effect"] == "Allow" and SERVICE in services and "sts:AssumeRole" in _as_list(statement["Action"])


def _as_list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else [value]
