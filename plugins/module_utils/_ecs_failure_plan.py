# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Why a deployment failed: its tasks and targets, as pure functions over what ECS and the load balancer say."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment_plan import (
    ROLLED_BACK,
    SUCCEEDED,
    Outcome,
    short,
)

Facts = Mapping[str, Any]
# A container that never ran has no exit code.
NEVER_RAN = -1
# How ECS words that it stops a task because of its health, and not to make room.
UNHEALTHY = "health checks"
LINES_TOLD = 20
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-event-messages-list.html
EVENT = re.compile(r"\(port (?P<port>\d+)\) is unhealthy in \(target-group [^)]*\) due to \(reason (?P<words>.*)\)")
NO_TASK: Facts = {
    "task_arn": "",
    "last_status": "",
    "stop_code": "",
    "stopped_reason": "",
    "container": "",
    "exit_code": NEVER_RAN,
    "health_status": "",
    "address": "",
}
NO_TARGET: Facts = {"target": "", "state": "", "reason": "", "description": ""}


@dataclass(frozen=True)
class Evidence:
    """What is known of a failure."""

    task: Facts = field(default_factory=lambda: dict(NO_TASK))
    target: Facts = field(default_factory=lambda: dict(NO_TARGET))
    log_lines: tuple[str, ...] = ()
    # Why not all of it is known.
    problem: str = ""

    def as_result(self) -> dict[str, Any]:
        """Return what the module returns of it."""
        return {
            "failing_task": dict(self.task),
            "target_health": dict(self.target),
            "log_lines": list(self.log_lines),
        }


def failures(tasks: Sequence[Facts], definition: str, since: datetime) -> list[Facts]:
    """Return the tasks of a task definition that failed since a time, the last one first."""
    mine = [one for one in tasks if one["taskDefinitionArn"] == definition and one["createdAt"] >= since]
    failed = [one for one in mine if one.get("lastStatus") == "STOPPED" and _failed(one)]
    return sorted(failed, key=lambda one: one.get("stoppedAt") or one["createdAt"], reverse=True)


def unfinished(tasks: Sequence[Facts], definition: str) -> list[Facts]:
    """Return the tasks of a task definition that shall run, those that do not yet first."""
    mine = [one for one in tasks if one["taskDefinitionArn"] == definition and one.get("desiredStatus") == "RUNNING"]
    return sorted(mine, key=lambda one: (one.get("lastStatus") == "RUNNING", one["createdAt"]))


def _failed(task: Facts) -> bool:
    code = task.get("stopCode", "")
    return UNHEALTHY in str(task.get("stoppedReason", "")) or code not in ("ServiceSchedulerInitiated", "UserInitiated")


def described(task: Facts, container: str) -> dict[str, Any]:
    """Return what the module says of a task; the container is the one that ended badly, else the named one."""
    containers = task.get("containers") or []
    bad = [one for one in containers if one.get("exitCode") or one.get("reason")]
    named = [one for one in containers if one["name"] == container]
    found: Facts = next(iter((*bad, *named)), {})
    reasons = (task.get("stoppedReason", ""), found.get("reason", ""))
    return {
        "task_arn": str(task["taskArn"]),
        "last_status": str(task.get("lastStatus", "")),
        "stop_code": str(task.get("stopCode", "")),
        "stopped_reason": ". ".join(dict.fromkeys(str(reason) for reason in reasons if reason)),
        "container": str(found.get("name", container)),
        "exit_code": int(found.get("exitCode", NEVER_RAN)),
        "health_status": str(task.get("healthStatus", "")),
        "address": _address(task),
    }


def _address(task: Facts) -> str:
    details = [one for attachment in task.get("attachments") or [] for one in attachment.get("details") or []]
    return next((str(one["value"]) for one in details if one.get("name") == "privateIPv4Address"), "")


def unhealthy(descriptions: Sequence[Facts]) -> dict[str, Facts]:
    """Return by address the targets that a load balancer takes for unhealthy, as DescribeTargetHealth gives them."""
    return {
        str(one["Target"]["Id"]): {
            "target": f"{one['Target']['Id']}:{one['Target'].get('Port', '')}",
            "state": str(one["TargetHealth"]["State"]),
            "reason": str(one["TargetHealth"].get("Reason", "")),
            "description": str(one["TargetHealth"].get("Description", "")),
        }
        for one in descriptions
        if one["TargetHealth"]["State"] == "unhealthy"
    }


def target_of(task: Facts, seen: Mapping[str, Facts], events: Sequence[Facts], since: datetime) -> Facts:
    """Return what was seen of a task as a target, else what the service said of one: ECS may have been too fast."""
    if found := seen.get(str(task["address"])):
        return found
    if UNHEALTHY not in str(task["stopped_reason"]):
        return NO_TARGET
    said = (EVENT.search(str(one["message"])) for one in events if one["createdAt"] >= since)
    return next(
        (
            {"target": f"port {match['port']}", "state": "unhealthy", "reason": "", "description": match["words"]}
            for match in said
            if match
        ),
        NO_TARGET,
    )


def story(outcome: Outcome, definition: str, evidence: Evidence) -> str:
    """Return in lines for a person what became of a deployment, and why."""
    if outcome.verdict == SUCCEEDED:
        return f"{short(definition)} is what the service runs."
    lines = [f"The deployment of {short(definition)} {_end(outcome)}. {outcome.reason}".strip()]
    lines += [line for line in (_trigger(outcome), _task(evidence.task), _target(evidence.target)) if line]
    if evidence.log_lines:
        lines += ["Last lines of its log:", *evidence.log_lines[-LINES_TOLD:]]
    if evidence.problem:
        lines.append(f"More about it could not be looked up: {evidence.problem}")
    return "\n".join(lines)


def _end(outcome: Outcome) -> str:
    back = short(str(outcome.rollback["task_definition"]))
    if outcome.verdict == ROLLED_BACK:
        return f"was rolled back to {back}"
    if outcome.status == "ROLLBACK_FAILED" and back:
        return f"failed, and so did the rollback to {back}"
    return outcome.verdict.replace("_", " ")


def _trigger(outcome: Outcome) -> str:
    return f"Rolled back by: {outcome.rollback['trigger']}." if outcome.rollback["trigger"] else ""


def _task(task: Facts) -> str:
    if not task["task_arn"]:
        return ""
    name, code = short(str(task["task_arn"])), int(task["exit_code"])
    if task["last_status"] != "STOPPED":
        return f"Task {name} is {task['last_status']}."
    end = f", container {task['container']} with exit code {code}" if code != NEVER_RAN else ""
    return f"Task {name} stopped{end}: {task['stopped_reason'] or 'ECS gives no reason'}."


def _target(target: Facts) -> str:
    if not target["target"]:
        return ""
    code = f" ({target['reason']})" if target["reason"] else ""
    return f"The load balancer about {target['target']}: {target['description']}{code}."
