# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether ECS may act in the roles that a task definition names."""

from __future__ import annotations

from typing import Any

from emulator.authorizer.authorizer import Authorizer
from emulator.authorizer.policy import Principal
from emulator.scheduler.pull import StartError
from emulator.settings import ACCOUNT_ID

SERVICE = Principal("", "", "ecs-tasks.amazonaws.com")


def check_roles(definition: Any, task_arn: str, authorizer: Authorizer) -> None:
    """Refuse roles that do not exist or do not trust ECS for this task; call under the lock.

    ECS says for which task and account it asks, so that a trust policy can tell.
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    """
    context = {"aws:sourceaccount": (ACCOUNT_ID,), "aws:sourcearn": (task_arn,)}
    for arn in (getattr(definition, "execution_role_arn", None), getattr(definition, "task_role_arn", None)):
        if arn and not authorizer.may_assume(arn, SERVICE, context):
            raise StartError(
                f"ECS was unable to assume the role '{arn}' that was provided for this task. Please verify that the "
                "role being passed has the proper trust relationship and permissions"
            )
