# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What became of a deployment, as pure functions over what the ECS API says.

An entry of a service's history is a service deployment as DescribeServiceDeployments gives it, with the ARN of the task
definition that it rolls out as `target`, and of the one that it rolls back to, if it does, as `rolled_back_to`.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Facts = Mapping[str, Any]
# https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
ENDED = ("SUCCESSFUL", "STOPPED", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED")
SUCCEEDED, ROLLED_BACK, FAILED, TIMED_OUT = "succeeded", "rolled_back", "failed", "timed_out"


@dataclass(frozen=True)
class Outcome:
    """How a deployment ended."""

    verdict: str = ""
    arn: str = ""
    status: str = ""
    reason: str = ""
    rollback: Facts = field(default_factory=lambda: {"trigger": "", "reason": "", "task_definition": ""})
    phases: Facts = field(default_factory=dict)
    stages: Facts = field(default_factory=dict)

    def as_result(self) -> dict[str, Any]:
        """Return what the module returns of it."""
        return {
            "verdict": self.verdict,
            "service_deployment_arn": self.arn,
            "status": self.status,
            "status_reason": self.reason,
            "rollback": dict(self.rollback),
            "phases": dict(self.phases),
            "stages": dict(self.stages),
        }


def short(arn: str) -> str:
    """Return family and revision of a task definition's ARN, or the last part of any other one."""
    return arn.rpartition("/")[2]


def under_way(entry: Facts) -> bool:
    """Say whether a deployment has not ended yet."""
    return entry["status"] not in ENDED


def left(entry: Facts) -> str:
    """Return the task definition that a deployment has brought about completely, nothing if it has none."""
    by_status = {"SUCCESSFUL": "target", "ROLLBACK_SUCCESSFUL": "rolled_back_to"}
    return str(entry.get(by_status.get(str(entry["status"]), ""), ""))


def find(history: Sequence[Facts], definition: str, known: Iterable[str] = ()) -> Facts | None:
    """Return the newest deployment that rolls a task definition out, or back to it, besides those known before."""
    before = set(known)
    return next(
        (
            entry
            for entry in history
            if entry["serviceDeploymentArn"] not in before and definition in (entry["target"], entry["rolled_back_to"])
        ),
        None,
    )


def last_good(history: Sequence[Facts], current: str) -> str:
    """Return the task definition that last was rolled out completely, other than the current one."""
    found = next((name for entry in history if (name := left(entry)) not in ("", current)), "")
    if not found:
        raise PlanError(
            f"Since {short(current)} there is no other task definition that was rolled out completely, as far as ECS "
            "remembers, which is 90 days. Name one with revision. Nothing was changed."
        )
    return found


def outcome(entry: Facts, definition: str, history: Sequence[Facts] = (), timed_out: int = 0) -> Outcome:
    """Return how a deployment of a task definition ended, or that it did not within some seconds."""
    status = str(entry["status"])
    reason = str(entry.get("statusReason") or "")
    if timed_out:
        verdict = TIMED_OUT
        still = f"It was still {status} after" if under_way(entry) else "It was stopped because it was not over after"
        reason = f"{still} {timed_out} s." + (f" {reason}" if reason else "")
    elif left(entry) == definition:
        verdict = SUCCEEDED
    else:
        verdict = ROLLED_BACK if status == "ROLLBACK_SUCCESSFUL" else FAILED
    if status == "STOPPED" and (newer := _newer(entry, history)):
        reason = f"Superseded by a deployment of {short(newer['target'])} ({newer['serviceDeploymentArn']})."
    return Outcome(verdict, str(entry["serviceDeploymentArn"]), status, reason, _rollback(entry), phases(entry))


def forgotten(service: Facts, definition: str) -> Outcome:
    """Return how a deployment ended that ECS does not remember any more, by what the service is now."""
    primary: Facts = next((one for one in service.get("deployments", []) if one["status"] == "PRIMARY"), {})
    runs = primary.get("taskDefinition") == definition and primary.get("rolloutState", "COMPLETED") == "COMPLETED"
    reason = f"ECS remembers no deployment of {short(definition)} in service {service['serviceName']}."
    return Outcome(SUCCEEDED if runs else FAILED, reason=reason)


def _newer(entry: Facts, history: Sequence[Facts]) -> Facts | None:
    """Return the deployment that came next."""
    arns = [one["serviceDeploymentArn"] for one in history]
    place = arns.index(entry["serviceDeploymentArn"]) if entry["serviceDeploymentArn"] in arns else 0
    return history[place - 1] if place else None


def _rollback(entry: Facts) -> dict[str, str]:
    details = entry.get("rollback") or {}
    alarms = entry.get("alarms") or {}
    breaker = entry.get("deploymentCircuitBreaker") or {}
    if alarms.get("status") == "TRIGGERED" or alarms.get("triggeredAlarmNames"):
        trigger = "alarm " + ", ".join(alarms.get("triggeredAlarmNames") or [])
    elif breaker.get("status") == "TRIGGERED":
        trigger = f"circuit breaker, {breaker.get('failureCount', 0)} failed tasks"
    else:
        trigger = "request" if details else ""
    return {
        "trigger": trigger.strip(),
        "reason": str(details.get("reason") or ""),
        "task_definition": str(entry.get("rolled_back_to") or ""),
    }


def phases(entry: Facts) -> dict[str, int]:
    """Return for how many seconds a deployment waited, rolled out and rolled back, by the clock of AWS."""
    created, started = entry.get("createdAt"), entry.get("startedAt")
    rollback = (entry.get("rollback") or {}).get("startedAt")
    end = entry.get("finishedAt") or entry.get("stoppedAt") or entry.get("updatedAt")
    return {
        "pending": _seconds(created, started),
        "rollout": _seconds(started or created, rollback or end),
        "rollback": _seconds(rollback, end),
    }


def _seconds(begin: datetime | None, end: datetime | None) -> int:
    return max(0, round((end - begin).total_seconds())) if begin and end else 0
