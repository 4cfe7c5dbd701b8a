# SPDX-License-Identifier: GPL-3.0-or-later
"""The life of a service deployment: the target is rolled out, or what ran before is rolled out again.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/service-deployment.html
"""

from __future__ import annotations

import copy
import secrets
from dataclasses import dataclass, field
from typing import Any

from moto.core.utils import utcnow

from emulator.scheduler.shift import Shift

Facts = dict[str, Any]
UNDER_WAY = frozenset({"PENDING", "IN_PROGRESS", "STOP_REQUESTED", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS"})
BREAKER = "Service deployment rolled back because the circuit breaker threshold was exceeded."
ALARM = "Service deployment rolled back because a CloudWatch alarm was triggered."


@dataclass
class AlarmWatch:
    """Alarms that fire when a deployment begins are not heeded by it; those that fire later end it."""

    ignored: frozenset[str] = frozenset()
    triggered: tuple[str, ...] = ()


@dataclass
class ServiceDeployment:
    """One entry of a service's history. `target` and `rollback` are deployments as DescribeServices shows them."""

    service: Any
    target: Facts
    sources: tuple[Facts, ...]
    identifier: str = field(default_factory=lambda: secrets.token_urlsafe(16)[:21])
    status: str = "IN_PROGRESS"
    reason: str | None = None
    rollback: Facts | None = None
    # What it left: the target, or what it was rolled back to; nothing as long as that is open.
    settled: Facts | None = None
    rollback_details: Facts = field(default_factory=dict)
    created_at: Any = field(default_factory=utcnow)
    updated_at: Any = field(default_factory=utcnow)
    ended: Facts = field(default_factory=dict)
    configuration: Facts = field(default_factory=dict)
    breaker_triggered: bool = False
    # Only if the strategy is not ROLLING: what has the requests meanwhile, nothing at first, and how far it is.
    source: Facts | None = None
    shift: Shift | None = None
    # Whether the listener rules were made to forward as the shift says.
    directed: bool = False
    # When the alarms of a rolling one have had time to fire, once all tasks run.
    baked_at: float | None = None
    alarms: AlarmWatch = field(default_factory=AlarmWatch)

    def __post_init__(self) -> None:
        """Keep the configuration as it was at the start."""
        self.configuration = copy.deepcopy(self.service.deployment_configuration)

    @property
    def arn(self) -> str:
        """Return the ARN."""
        return f"{self.service.arn.replace(':service/', ':service-deployment/')}/{self.identifier}"

    @property
    def under_way(self) -> bool:
        """Tell whether it has not ended yet."""
        return self.status in UNDER_WAY

    def complete(self) -> None:
        """Note that the tasks of target or rollback are all there is."""
        self.settled = self.rollback or self.target
        self._move("ROLLBACK_SUCCESSFUL" if self.rollback else "SUCCESSFUL", self.reason, "finishedAt")

    def supersede(self) -> None:
        """Note that the service was updated anew meanwhile. AWS asks it to stop, which here takes no time."""
        self._move("STOPPED", "Service deployment stopped because of a newer service deployment.", "stoppedAt")

    def fail(self, reason: str) -> None:
        """Note that the target, or the rollback, did not get its tasks, and that nothing more is done."""
        if self.rollback:
            self._move("ROLLBACK_FAILED", reason, "finishedAt")
        else:
            self._move("STOPPED", reason, "stoppedAt")

    def request_rollback(self, reason: str) -> None:
        """Note that, and why, it shall be rolled back."""
        self._move("ROLLBACK_REQUESTED", reason)

    def roll_back(self, deployment: Facts) -> None:
        """Note what is rolled out instead of the target."""
        self.rollback = deployment
        self.rollback_details = {
            "reason": self.reason,
            "startedAt": utcnow(),
            "serviceRevisionArn": self.revision_arn(deployment),
        }
        self._move("ROLLBACK_IN_PROGRESS", self.reason)

    def lack_candidate(self) -> None:
        """Note that nothing was ever rolled out that it could be rolled back to."""
        self._move("ROLLBACK_FAILED", "No rollback candidate was found to run the rollback.", "finishedAt")

    def revision_arn(self, deployment: Facts) -> str:
        """Return the ARN of the service revision that a deployment rolls out."""
        return f"{self.service.arn.replace(':service/', ':service-revision/')}/{deployment['revision']}"

    def _move(self, status: str, reason: str | None, end: str = "") -> None:
        self.status, self.reason, self.updated_at = status, reason, utcnow()
        if end:
            self.ended[end] = self.updated_at
