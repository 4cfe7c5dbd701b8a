# SPDX-License-Identifier: GPL-3.0-or-later
"""The roles that a task definition names: who runs a task of it hands them to ECS."""

from __future__ import annotations

from typing import Any

from moto.ecs.models import ecs_backends

from emulator.settings import ACCOUNT_ID, REGION


def of(name: str) -> tuple[str, ...]:
    """Return the ARNs of the roles of a task definition, by its ARN, its family and revision, or its family."""
    backend: Any = ecs_backends[ACCOUNT_ID][REGION]
    family, _, revision = name.rpartition("/")[2].partition(":")
    revisions = dict(backend.task_definitions.get(family, {}))
    found = revisions.get(int(revision) if revision.isdigit() else max(revisions, default=0))
    arns = (getattr(found, kind, None) for kind in ("task_role_arn", "execution_role_arn"))
    return tuple(dict.fromkeys(arn for arn in arns if arn))
