# SPDX-License-Identifier: GPL-3.0-or-later
"""Measure what the load balancer does, and set the states of alarms by it, once a minute."""

from __future__ import annotations

import json
import logging
import time
from collections.abc import Iterable
from typing import Any

from moto.cloudwatch.models import cloudwatch_backends
from moto.elbv2.models import elbv2_backends

from emulator.metrics import alarms
from emulator.metrics.expression import ExpressionError
from emulator.metrics.requests import AccessLog, Measured, answered, measured
from emulator.metrics.series import Series, key_of
from emulator.metrics.utilization import Utilization
from emulator.scheduler.task import RunningTask
from emulator.settings import ACCOUNT_ID, REGION, Settings

LOG = logging.getLogger(__name__)
# Until the load balancer has written what it answered (load_balancer.process), and it is read here.
DELAY_SECONDS = 0.7


class Watch:
    """Belongs to the thread that drives the data plane."""

    def __init__(self, settings: Settings) -> None:
        self._ports = settings.listener_ports
        self._minute_seconds = settings.minute_seconds
        self._log = AccessLog(settings.run_dir / "logs" / "access.log")
        self._series = Series()
        self._requests: list[dict[str, Any]] = []
        self._utilization = Utilization(settings.minute_seconds)
        self._used: list[Measured] = []
        self._judged = 0

    def look(self, tasks: Iterable[RunningTask], now: float) -> None:
        """Read the access log and look at the tasks' processes; takes time, so without the lock."""
        self._requests += self._log.read()
        self._used += self._utilization.look(tasks, now)

    def judge(self, now: float) -> bool:
        """Measure, and judge the alarms when a minute is over; say whether one is. Call under the lock."""
        self._measure(now)
        minute = self._minute(now - DELAY_SECONDS)
        if minute == self._judged:
            return False
        self._judged = minute
        self._series.forget(minute)
        for alarm in list(cloudwatch_backends[ACCOUNT_ID][REGION].alarms.values()):
            if alarm.rule is None and alarms.is_emulated(alarm):
                self._set(alarm, minute)
        return True

    def latest(self, alarm: Any) -> float | None:
        """Return what an alarm looks at, as it was in the minute that was judged last."""
        return alarms.value(alarm, self._series, self._judged - 1)

    def _minute(self, moment: float) -> int:
        return int(moment // self._minute_seconds)

    def _measure(self, now: float) -> None:
        backend = elbv2_backends[ACCOUNT_ID][REGION]
        balancers = {
            self._ports[int(listener.port)]: arn.rpartition(":loadbalancer/")[2]
            for arn, balancer in backend.load_balancers.items()
            for listener in balancer.listeners.values()
            if int(listener.port or 0) in self._ports
        }
        groups = {"-".join(arn.rsplit("/", 2)[1:]): arn.rpartition(":")[2] for arn in backend.target_groups}
        targets = {arn.rpartition(":")[2]: _serving(group) for arn, group in backend.target_groups.items()}
        # By its own time, however late it is read: on a busy machine, minutes that take a second would have no request.
        began = time.time() - now
        for request in self._requests:
            minute = self._minute(answered(request) - began)
            for metric, dimensions, value in measured(request, balancers, groups):
                self._series.add(minute, key_of(metric, dimensions), value)
                if metric == "RequestCount" and "TargetGroup" in dimensions:
                    share = value / targets[dimensions["TargetGroup"]]
                    self._series.add(minute, key_of("RequestCountPerTarget", dimensions), share)
        for metric, dimensions, value in self._used:
            self._series.add(self._minute(now), key_of(metric, dimensions), value)
        self._requests, self._used = [], []
        self._count_hosts(backend, self._minute(now))

    def _count_hosts(self, backend: Any, minute: int) -> None:
        """Note how many targets are healthy; a group without targets has no metric."""
        for arn, group in backend.target_groups.items():
            states = [state for _, state, _ in getattr(group, "observed", {}).values()]
            for balancer in set(group.load_balancer_arns) if states else ():
                dimensions = {
                    "LoadBalancer": balancer.rpartition(":loadbalancer/")[2],
                    "TargetGroup": arn.rpartition(":")[2],
                }
                for metric, state in (("HealthyHostCount", "healthy"), ("UnHealthyHostCount", "unhealthy")):
                    self._series.add(minute, key_of(metric, dimensions), float(states.count(state)))
                # Always reported, also of a minute without requests.
                self._series.add(minute, key_of("RequestCountPerTarget", dimensions), 0.0)

    def _set(self, alarm: Any, minute: int) -> None:
        try:
            state = alarms.state(alarm, self._series, minute)
        except ExpressionError as error:
            LOG.error("alarm %s is not judged: %s", alarm.name, error)
            return
        if state != alarm.state_value:
            LOG.info("alarm %s is %s", alarm.name, state)
            alarm.update_state(
                f"Threshold Crossed: judged by {alarm.evaluation_periods} minutes", json.dumps({}), state
            )


def _serving(group: Any) -> int:
    """Return by how many targets the requests of a group are divided: the healthy ones, else all, but one at least."""
    states = [state for _, state, _ in getattr(group, "observed", {}).values()]
    return states.count("healthy") or len(states) or 1
