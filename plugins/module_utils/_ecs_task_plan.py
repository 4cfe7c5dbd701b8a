# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""A task that is run once: what ECS is asked for, and what became of it, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list

Facts = Mapping[str, Any]
# A container that never ran has no exit code.
NEVER_RAN = -1


@dataclass(frozen=True)
class Ended:
    """What became of a task."""

    task_arn: str = ""
    exit_code: int = NEVER_RAN
    stopped_reason: str = ""
    log_lines: tuple[str, ...] = ()

    def as_result(self) -> dict[str, Any]:
        """Return what the module returns."""
        told = {"task_arn": self.task_arn, "exit_code": self.exit_code, "stopped_reason": self.stopped_reason}
        return {"changed": True, **told, "log_lines": list(self.log_lines)}


def run_arguments(params: Facts) -> dict[str, Any]:
    """Return what RunTask is asked for.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_RunTask.html
    """
    environment = [{"name": name, "value": str(value)} for name, value in sorted(params["environment"].items())]
    container = {
        "name": params["container"],
        **({"command": params["command"]} if params["command"] else {}),
        **({"environment": environment} if environment else {}),
    }
    network = {
        "subnets": params["subnets"],
        "securityGroups": params["security_groups"],
        "assignPublicIp": "DISABLED",
    }
    return {
        "cluster": params["cluster"],
        "taskDefinition": params["task_definition"],
        "launchType": "FARGATE",
        "count": 1,
        "overrides": {"containerOverrides": [container]},
        "networkConfiguration": {"awsvpcConfiguration": network},
        "tags": ansible_dict_to_boto3_tag_list(params["tags"], "key", "value"),
    }


def ended(task: Facts, container: str) -> Ended:
    """Return what became of a task that has stopped, as DescribeTasks describes it."""
    found = _named(task.get("containers", []), container)
    reasons = (task.get("stoppedReason", ""), found.get("reason", ""))
    return Ended(
        task_arn=str(task["taskArn"]),
        exit_code=int(found.get("exitCode", NEVER_RAN)),
        stopped_reason=". ".join(dict.fromkeys(reason for reason in reasons if reason)),
    )


def log_stream(definition: Facts, container: str, task_arn: str) -> dict[str, str] | None:
    """Return group and stream of a container's log, none unless CloudWatch has it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/specify-log-config.html
    """
    configuration = _named(definition["containerDefinitions"], container).get("logConfiguration", {})
    options = configuration.get("options", {})
    if configuration.get("logDriver") != "awslogs" or "awslogs-stream-prefix" not in options:
        return None
    stream = f"{options['awslogs-stream-prefix']}/{container}/{task_arn.rpartition('/')[2]}"
    return {"logGroupName": options["awslogs-group"], "logStreamName": stream}


def problem(end: Ended) -> str:
    """Return why a run is a failure, nothing if it is none."""
    if end.exit_code == 0:
        return ""
    if end.exit_code == NEVER_RAN:
        return f"The task did not run: {end.stopped_reason or 'ECS gives no reason'}."
    return f"The task ended with exit code {end.exit_code}: {end.stopped_reason}. log_lines has what it said last."


def _named(containers: list[Facts], name: str) -> Facts:
    return next((one for one in containers if one["name"] == name), {})
