# SPDX-License-Identifier: GPL-3.0-or-later
"""The loop that makes what the ECS API says true."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from moto.ecs.models import ecs_backends

from emulator.authorizer.authorizer import Authorizer
from emulator.control_plane.gate import Gate
from emulator.load_balancer import Health, Target
from emulator.processes import is_listening
from emulator.scheduler import births, deployment_alarms, probe, record, services, targets
from emulator.scheduler.addresses import Addresses
from emulator.scheduler.backoff import STABLE_SECONDS, Backoff
from emulator.scheduler.births import Births
from emulator.scheduler.disruptions import Disruptions
from emulator.scheduler.examinations import Examinations
from emulator.scheduler.phase import Phase, Sight, step
from emulator.scheduler.plan import plan
from emulator.scheduler.processes import TaskProcesses
from emulator.scheduler.shifting import Shifting
from emulator.scheduler.task import RunningTask
from emulator.scheduler.task_logs import TaskLogs
from emulator.settings import ACCOUNT_ID, REGION, Settings

LOG = logging.getLogger(__name__)
ORPHAN_STOP_SECONDS = 5.0


class Scheduler:
    """Reconcile ECS with processes: look, decide under the lock, publish, act.

    `decide` and `act` belong to one thread, which forks the tasks and must live as long as they do.
    """

    def __init__(self, settings: Settings, gate: Gate, authorizer: Authorizer) -> None:
        self._gate = gate
        self._draining = settings.draining
        self._births = Births(settings, Addresses(settings.api_port, is_listening), authorizer)
        self._processes = TaskProcesses(settings)
        self._examinations = Examinations()
        self._minute = settings.minute_seconds
        self._shifting = Shifting(authorizer, settings.minute_seconds)
        self._logs = TaskLogs(settings)
        self.disruptions = Disruptions(gate)
        self._tasks: dict[str, RunningTask] = {}
        self._backoffs: dict[str, Backoff] = {}

    def find(self, task_id: str) -> RunningTask | None:
        """Return a living task."""
        return self._tasks.get(task_id)

    def living(self) -> list[RunningTask]:
        """Return all living tasks."""
        with self._gate.lock:
            return list(self._tasks.values())

    def look(self, health: Mapping[tuple[str, int], Health]) -> None:
        """See how the tasks' processes are; takes time, so without the lock."""
        self._processes.look(self._tasks.values(), health)
        for task in self._tasks.values():
            if task.sight.health != "unhealthy":
                task.health_answer = None
            elif task.health_answer is None:
                task.health_answer = probe.ask(task)

    def decide(self) -> None:
        """Move every task on and every service towards its wish; call under the lock."""
        backend = _backend()
        now = time.monotonic()
        for task in self.disruptions.interrupt(self._tasks.values()):
            LOG.info("task %s is interrupted", task.id)
        for task in list(self._tasks.values()):
            self._notice_orders(backend, task)
            self._advance(task, now)
        self._adopt(backend)
        for service in backend.services.values():
            if service.status != "INACTIVE":
                self._reconcile(backend, service, now)
        targets.register(self._tasks.values(), now)
        self._logs.ship(self._tasks.values(), now)
        services.count_clusters(backend)

    def targets(self) -> Mapping[str, Sequence[Target]]:
        """Return what the load balancer shall send requests to; call under the lock."""
        return targets.for_balancer(self._tasks.values())

    def act(self) -> None:
        """Start and signal processes as decided."""
        self._processes.act(self._tasks.values())
        self._processes.freeze(self._tasks.values(), self.disruptions.lost_zones)
        self._examinations.run(self._tasks.values(), time.monotonic())

    def end_all(self, seconds: float) -> None:
        """Stop every task at once, and kill what has not ended after a while."""
        end = time.monotonic() + seconds
        self._examinations.end_all()
        self._processes.freeze(self._tasks.values(), ())
        while self._tasks:
            with self._gate.lock:
                for task in list(self._tasks.values()):
                    self._orphan(task)
                    task.life = replace(task.life, until=min(task.life.until, end))
                    self._advance(task, time.monotonic())
            self._processes.act(self._tasks.values())
            time.sleep(0.02)
            self._processes.look(self._tasks.values(), {})

    def _notice_orders(self, backend: Any, task: RunningTask) -> None:
        """See what the API asked for meanwhile: a task stopped, or everything gone."""
        if backend.tasks.get(task.record.cluster_name, {}).get(task.record.task_arn) is not task.record:
            self._orphan(task)
        elif task.record.desired_status == "STOPPED" and not task.life.stop_wanted:
            drain = targets.drain_seconds(task) if self._draining else None
            task.life = replace(task.life, stop_wanted=True, drain_seconds=drain)

    def _orphan(self, task: RunningTask) -> None:
        """End a task that nobody knows any more: quickly and without draining."""
        if not task.life.stop_wanted or task.life.phase is Phase.DEACTIVATING:
            task.life = replace(
                task.life,
                stop_wanted=True,
                drain_seconds=0,
                until=0,
                behind_balancer=False,
                stop_seconds=ORPHAN_STOP_SECONDS,
            )
        elif task.life.phase is Phase.STOPPING:
            task.life = replace(task.life, until=min(task.life.until, time.monotonic() + ORPHAN_STOP_SECONDS))

    def _advance(self, task: RunningTask, now: float) -> None:
        before = task.life.phase
        if task.failure and before is Phase.PROVISIONING:
            task.sight = Sight(exited=True)
        task.life, signal = step(task.life, task.sight, now)
        if signal:
            task.signals.append(signal)
        if before is not task.life.phase:
            self._changed(task, now)
        if task.serves and not task.forgiven:
            task.forgiven = True
            services.forgive(task)
        if task.ran_since is not None and not task.settled and now - task.ran_since > STABLE_SECONDS:
            task.settled = True
            self._backoff(task.deployment).settle()
        record.show(task)

    def _changed(self, task: RunningTask, now: float) -> None:
        """Note what a new phase means."""
        phase = task.life.phase
        LOG.info("task %s is %s", task.id, phase.value)
        if phase is Phase.RUNNING:
            task.ran_since = now
        if phase is Phase.ACTIVATING and task.service is not None:
            services.event(task.service, f"registered 1 targets in (target-group {task.target_groups[0]})")
        if phase is Phase.DEACTIVATING and task.service is not None:
            services.event(task.service, "has begun draining connections on 1 tasks.")
        if phase is Phase.STOPPED:
            self._bury(task, now)

    def _bury(self, task: RunningTask, now: float) -> None:
        """Record the end of a task; one that ended unasked is a failure."""
        if not task.life.stop_wanted:
            code = "TaskFailedToStart" if task.failure else "EssentialContainerExited"
            record.stop_reason(task, code, task.failure or "Essential container in task exited")
            # ECS counts a task that ran and ended among what happens, not among what fails a deployment.
            self._fail(task, now, counts=task.ran_since is None)
        record.end(task, self._processes.bury(task))
        self._logs.ship_one(task, whole_lines=False)
        births.delete_interface(task)
        del self._tasks[task.id]
        self._logs.forget_oldest(self._tasks)

    def _fail(self, task: RunningTask, now: float, *, counts: bool = True) -> None:
        """Count a failure against the deployment, and throttle it."""
        if task.service is None:
            return
        if counts:
            services.blame(task)
        if task.settled:
            return
        backoff = self._backoff(task.deployment)
        backoff.fail(now)
        if backoff.failures > 1:
            services.event(task.service, "is unable to consistently start tasks successfully.")

    def _adopt(self, backend: Any) -> None:
        """Start the tasks that RunTask made."""
        for tasks in backend.tasks.values():
            for found in tasks.values():
                if found.id not in self._tasks and found.last_status == "PROVISIONING":
                    self._add(self._births.for_record(backend, found, self._used()))

    def _reconcile(self, backend: Any, service: Any, now: float) -> None:
        mine = [task for task in self._tasks.values() if task.service is service]
        for message in (*deployment_alarms.heed(service), *self._shifting.advance(service, mine, now)):
            services.event(service, message)
        for deployment, members in services.split(service, services.members_of(service, mine, now)):
            self._follow(backend, service, deployment, members, mine, now)
        services.count(service, mine, now, self._minute)

    def _follow(
        self, backend: Any, service: Any, deployment: dict[str, Any], members: list[Any], mine: list[Any], now: float
    ) -> None:
        """Start and stop tasks as one deployment wants it."""
        may_start = self._backoff(deployment["id"]).may_start(now)
        wish = self.disruptions.spare(services.wish_of(service, deployment, may_start=may_start))
        decision = plan(wish, members)
        for task in mine:
            if task.id in decision.failed:
                self._fail(task, now)
                self._stop(task, services.tell_unhealthy(task))
            elif task.id in decision.stop:
                self._stop(task, f"Scaling activity initiated by (deployment {wish.deployment})")
        for subnet in decision.start:
            task = self._births.for_service(backend, service, deployment, subnet, self._used())
            self._add(task)
            mine.append(task)
            services.event(service, f"has started 1 tasks: (task {task.id}).")
        services.tell_obstacles(service, wish, decision)

    def _stop(self, task: RunningTask, reason: str) -> None:
        record.stop_reason(task, "ServiceSchedulerInitiated", reason)
        task.record.desired_status = "STOPPED"
        services.event(task.service, f"has stopped 1 running tasks: (task {task.id}).")
        self._gate.wake.set()

    def _add(self, task: RunningTask) -> None:
        record.begin(task)
        self._tasks[task.id] = task

    def _used(self) -> set[str]:
        return {task.address for task in self._tasks.values()}

    def _backoff(self, deployment: str) -> Backoff:
        return self._backoffs.setdefault(deployment, Backoff())


def _backend() -> Any:
    return ecs_backends[ACCOUNT_ID][REGION]
