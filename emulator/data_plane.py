# SPDX-License-Identifier: GPL-3.0-or-later
"""Scheduler and load balancer, driven by one thread."""

from __future__ import annotations

import logging
import threading
import time
from typing import Any

from moto.elbv2.models import elbv2_backends

from emulator import identity
from emulator.authorizer.authorizer import Authorizer
from emulator.control_plane.gate import Gate
from emulator.load_balancer import LoadBalancer, LoadBalancerError, snapshot
from emulator.metrics.watch import Watch
from emulator.scaling.autoscaler import Autoscaler
from emulator.scheduler import targets
from emulator.scheduler.scheduler import Scheduler
from emulator.scheduler.task import RunningTask
from emulator.settings import ACCOUNT_ID, REGION, Settings

LOG = logging.getLogger(__name__)
TICK_SECONDS = 0.1
TASK_STOP_SECONDS = 10.0
BALANCER_STOP_SECONDS = 5.0
RESTART_SECONDS = 1.0


class DataPlane:
    """Repeat: look, decide, publish, act. Belongs to the main thread, which lives as long as what it forks."""

    def __init__(self, settings: Settings, gate: Gate, authorizer: Authorizer) -> None:
        self._gate = gate
        self._record = settings.pids / "balancer.json"
        self.scheduler = Scheduler(settings, gate, authorizer)
        self.balancer = LoadBalancer(settings.run_dir, settings.listener_ports)
        self._watch = Watch(settings)
        self._autoscaler = Autoscaler(settings)
        self._problems: dict[str, str] = {}
        # Held from a decision until the load balancer follows it.
        self._deciding = threading.Lock()
        self._next_start = 0.0

    def start(self) -> None:
        """Start the load balancer; raises LoadBalancerError."""
        self.balancer.start()
        if self.balancer.pid is not None:
            identity.note(self._record, self.balancer.pid)

    def tick(self) -> None:
        """Wait for a change or a moment, and take one step; a failure is logged and shown, and the next one retries."""
        self._gate.wake.wait(TICK_SECONDS)
        self._gate.wake.clear()
        try:
            self._step()
            self._note("scheduler", None)
        except Exception as error:
            LOG.exception("the scheduler's step failed")
            self._note("scheduler", f"failing: {type(error).__name__}: {error}")
            time.sleep(TICK_SECONDS)

    def _step(self) -> None:
        self._mend_balancer()
        scheduler = self.scheduler
        scheduler.look(self._health())
        self._watch.look(scheduler.living(), time.monotonic())
        with self._deciding:
            with self._gate.lock:
                now = time.monotonic()
                if self._watch.judge(now):
                    self._autoscaler.act(now, self._watch.latest)
                scheduler.decide()
                scene = snapshot(_elbv2(), scheduler.targets(), targets.certificate)
            try:
                if self.balancer.alive():
                    self.balancer.publish(scene)
                    self._note("balancer", None)
            except LoadBalancerError as error:
                self._note("balancer", str(error))
        # After publishing: a task is signalled only when no new request reaches it any more.
        scheduler.act()

    def _health(self) -> Any:
        """Return the targets' health; nothing while the load balancer cannot tell."""
        try:
            return self.balancer.health() if self.balancer.alive() else {}
        except LoadBalancerError:
            return {}

    def _mend_balancer(self) -> None:
        """Start a load balancer that crashed again, at most once a second."""
        if self.balancer.alive() or time.monotonic() < self._next_start:
            return
        self._next_start = time.monotonic() + RESTART_SECONDS
        LOG.error("the load balancer has ended: starting it again")
        try:
            self.start()
        except LoadBalancerError as error:
            self._note("balancer", str(error))

    def _note(self, part: str, problem: str | None) -> None:
        """Remember a part's problem; log it when it is new."""
        if problem is None:
            self._problems.pop(part, None)
        elif self._problems.get(part) != problem:
            LOG.error("%s: %s", part, problem)
            self._problems[part] = problem

    def conditions(self) -> dict[str, str]:
        """Return how the parts are, in words; `ok` is well."""
        balancer = "ok" if self.balancer.alive() else "not running"
        return {"scheduler": "ok", "balancer": balancer, **self._problems}

    def state(self) -> dict[str, Any]:
        """Return the tasks and what the load balancer has done, for `status` and tests.

        A task that is not among them gets no requests any more.
        """
        with self._deciding:
            tasks = [_shown(task) for task in self.scheduler.living()]
        return {
            "tasks": tasks,
            "requests": self._requests(),
            "balancer_pid": self.balancer.pid,
            "not_emulated": list(self.balancer.problems),
        }

    def _requests(self) -> dict[str, int]:
        try:
            return dict(self.balancer.requests()) if self.balancer.alive() else {}
        except LoadBalancerError:
            return {}

    def stop(self) -> None:
        """End the tasks, then the load balancer; the scheduler must not tick any more, or it would replace them."""
        try:
            self.scheduler.end_all(TASK_STOP_SECONDS)
        finally:
            self.balancer.stop(BALANCER_STOP_SECONDS)
            self._record.unlink(missing_ok=True)


def _elbv2() -> Any:
    return elbv2_backends[ACCOUNT_ID][REGION]


def _shown(task: RunningTask) -> dict[str, Any]:
    return {
        "id": task.id,
        "service": task.service.name if task.service else None,
        "deployment": task.deployment,
        "phase": task.life.phase.value,
        "health": task.sight.health,
        "zone": task.zone,
        "address": task.address,
        "port": task.port,
        "pid": task.process.pid if task.process else None,
    }
