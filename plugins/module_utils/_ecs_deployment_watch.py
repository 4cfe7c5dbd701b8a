# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Following a deployment to its end, and gathering why it failed. Stops it if it is late and that is wanted."""

from __future__ import annotations

import contextlib
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_deployment_api as api
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_deployment_plan as plan
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_failure_plan as failure
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_task_api import last_lines
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_task_plan import log_stream

Facts = Mapping[str, Any]


@dataclass
class Stages:
    """The stages of a deployment that moves requests, as they were seen, and when each was seen first."""

    entered: list[tuple[str, float]] = field(default_factory=list)

    def enter(self, stage: str, now: float) -> None:
        """Note in which stage a deployment is; none before and after."""
        if (stage or self.entered) and (not self.entered or self.entered[-1][0] != stage):
            self.entered.append((stage, now))

    def seconds(self, now: float) -> dict[str, int]:
        """Return for how long each lasted, one that came again altogether."""
        found: dict[str, int] = {}
        ends = [entry[1] for entry in self.entered[1:]] + [now]
        for (stage, begin), end in zip(self.entered, ends, strict=False):
            if stage:
                found[stage] = found.get(stage, 0) + round(end - begin)
        return found


@dataclass
class Watch:
    """A deployment of a task definition, given by its ARN; all methods raise AnsibleAWSError."""

    ecs: Any
    balancing: Any
    logs: Any
    params: Facts
    service: Facts
    definition: str
    # Targets that were seen unhealthy: they are gone when the deployment has ended.
    seen: dict[str, Facts] = field(default_factory=dict)
    stages: Stages = field(default_factory=Stages)

    def follow(self, entry: Facts, started: bool) -> tuple[plan.Outcome, failure.Evidence]:
        """Wait until a deployment has ended and its tasks have proven themselves; return how, and why."""
        fresh = started or plan.under_way(entry)
        ended = not fresh or self._wait(str(entry["serviceDeploymentArn"]))
        history = api.history(self.ecs, *self._place)
        arn = entry["serviceDeploymentArn"]
        entry = next((one for one in history if one["serviceDeploymentArn"] == arn), entry)
        late = 0 if ended or not plan.under_way(entry) else int(self.params["wait_timeout"])
        if late and self.params["rollback_on_timeout"]:
            entry = self._give_up(entry)
        outcome = plan.outcome(entry, self.definition, history, late)
        outcome = replace(outcome, stages=self.stages.seconds(time.monotonic()))
        if outcome.verdict == plan.SUCCEEDED and fresh:
            outcome = self._bake(entry, outcome)
        return outcome, failure.Evidence() if outcome.verdict == plan.SUCCEEDED else self._evidence(entry)

    @property
    def _place(self) -> tuple[str, str]:
        return self.params["cluster"], self.params["service"]

    def _wait(self, arn: str) -> bool:
        """Wait until a deployment has ended, noting on the way which targets are unhealthy; say whether it has."""
        end = time.monotonic() + self.params["wait_timeout"]
        self._look_at_stage(arn)
        while not api.wait_until_ended(self.ecs, arn, _pause(self.params["wait_interval"], end)):
            self._look_at_targets()
            self._look_at_stage(arn)
            if time.monotonic() >= end:
                return False
        self.stages.enter("", time.monotonic())
        return True

    def _look_at_stage(self, arn: str) -> None:
        configuration = self.service.get("deploymentConfiguration") or {}
        if configuration.get("strategy", "ROLLING") != "ROLLING":
            self.stages.enter(api.stage(self.ecs, arn), time.monotonic())

    def _give_up(self, entry: Facts) -> Facts:
        """Have ECS go back, wait for that as long again, and return what came of it."""
        arn = str(entry["serviceDeploymentArn"])
        if api.stop(self.ecs, arn):
            self._wait(arn)
        history = api.history(self.ecs, *self._place)
        return next((one for one in history if one["serviceDeploymentArn"] == arn), entry)

    def _bake(self, entry: Facts, outcome: plan.Outcome) -> plan.Outcome:
        """Look on for a while, for ECS calls a deployment successful as soon as its tasks are healthy for once."""
        begin = time.monotonic()
        end = begin + self.params["bake_time"]
        reason = ""
        while not reason and time.monotonic() < end:
            api.wait_until_missing(self.ecs, *self._place, _pause(self.params["wait_interval"], end))
            self._look_at_targets()
            if self._failures(entry, after="finishedAt"):
                reason = "ECS took it for successful, but then a task failed."
        phases = {**outcome.phases, "bake": round(time.monotonic() - begin)}
        verdict = plan.FAILED if reason else outcome.verdict
        return replace(outcome, verdict=verdict, reason=reason or outcome.reason, phases=phases)

    def _failures(self, entry: Facts, after: str = "") -> list[Facts]:
        tasks = api.tasks(self.ecs, *self._place)
        found = failure.failures(tasks, self.definition, entry["createdAt"])
        return [one for one in found if not after or one["stoppedAt"] > entry[after]]

    def _look_at_targets(self) -> None:
        """Note which targets are unhealthy. Without that the verdict is as good, and the service tells it in events."""
        with contextlib.suppress(AnsibleAWSError):
            self.seen.update(failure.unhealthy(api.target_health(self.balancing, self.service)))

    def _evidence(self, entry: Facts) -> failure.Evidence:
        """Return what is known of the failure; who may not look at all of it gets the verdict all the same."""
        known = failure.Evidence()
        try:
            tasks = api.tasks(self.ecs, *self._place)
            found = failure.failures(tasks, self.definition, entry["createdAt"])
            for task in (found or failure.unfinished(tasks, self.definition))[:1]:
                definition = api.definition(self.ecs, self.definition)
                known = self._described(entry, task, definition)
                known = replace(known, log_lines=self._log(known.task, definition))
        except AnsibleAWSError as error:
            return replace(known, problem=f"{error} {error.exception or ''}".strip())
        return known

    def _described(self, entry: Facts, task: Facts, definition: Facts) -> failure.Evidence:
        told = failure.described(task, definition["containerDefinitions"][0]["name"])
        events = api.describe_service(self.ecs, *self._place).get("events", [])
        return failure.Evidence(told, failure.target_of(told, self.seen, events, entry["createdAt"]))

    def _log(self, task: Facts, definition: Facts) -> tuple[str, ...]:
        stream = log_stream(definition, task["container"], task["task_arn"])
        return last_lines(self.logs, stream)[-failure.LINES_TOLD :] if stream else ()


def _pause(interval: int, end: float) -> float:
    """Return how long to pause between two looks; the last one is at the end."""
    return max(0.1, min(float(interval), end - time.monotonic()))
