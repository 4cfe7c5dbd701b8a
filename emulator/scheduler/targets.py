# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks as targets: in moto's target groups, and for the load balancer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moto.acm.models import acm_backends
from moto.elbv2.models import elbv2_backends

from emulator.load_balancer import Target
from emulator.scheduler import probe
from emulator.scheduler.phase import STARTING, Phase
from emulator.scheduler.task import RunningTask
from emulator.settings import ACCOUNT_ID, REGION

# Port, state, and why it is unhealthy.
Observed = tuple[int, str, probe.Answer | None]


def register(tasks: Iterable[RunningTask], now: float) -> None:
    """Make every target group hold its tasks and the state each was seen in; call under the lock."""
    states: dict[str, dict[str, Observed]] = defaultdict(dict)
    zones = {}
    for task in tasks:
        state = _state(task, now)
        if state and task.vpc_address:
            zones[task.vpc_address] = task.zone
            for arn in task.target_groups:
                answer = (task.health_answer or probe.NONE) if state == "unhealthy" else None
                states[arn][task.vpc_address] = (task.port or 0, state, answer)
    for arn, group in _backend().target_groups.items():
        _update(group, states.get(arn, {}), zones)


def _update(group: Any, states: Mapping[str, Observed], zones: Mapping[str, str]) -> None:
    """Replace the targets that the scheduler manages and leave those that somebody registered by hand."""
    for address in getattr(group, "observed", {}):
        group.targets.pop(address, None)
    for address, (port, state, _) in states.items():
        if state != "draining":
            group.targets[address] = {"Id": address, "Port": port, "AvailabilityZone": zones[address]}
    group.observed = dict(states)


def _state(task: RunningTask, now: float) -> str | None:
    """Return a target's state as DescribeTargetHealth words it; nothing if the task is no target."""
    if task.life.phase in STARTING or task.life.phase is Phase.RUNNING:
        return "unhealthy" if fails_checks(task, now) else task.sight.health or "initial"
    return "draining" if task.life.phase is Phase.DEACTIVATING else None


def for_balancer(tasks: Iterable[RunningTask]) -> dict[str, Sequence[Target]]:
    """Return the endpoints of each target group: tasks appear once they listen, for a failed first check costs long."""
    targets: dict[str, list[Target]] = defaultdict(list)
    for task in tasks:
        if task.life.published and task.sight.listening:
            for arn in task.target_groups:
                targets[arn].append(task.target)
    return dict(targets)


def fails_checks(task: RunningTask, now: float) -> bool:
    """Tell whether the load balancer takes a task for unhealthy; call under the lock.

    It is told of a task only when that listens (see above). One that does not for as long as checks take has failed
    them: it listens on another port, or not at all.
    """
    if task.sight.health is not None or task.sight.listening or task.process is None:
        return task.sight.health == "unhealthy"
    known = [group for arn in task.target_groups if (group := _backend().target_groups.get(arn))]
    seconds = [float(group.health_check_interval_seconds) * float(group.unhealthy_threshold_count) for group in known]
    return bool(seconds) and now - task.born > max(seconds)


def drain_seconds(task: RunningTask) -> float:
    """Return the longest deregistration delay of a task's target groups; call under the lock."""
    known = _backend().target_groups
    attribute = "deregistration_delay.timeout_seconds"
    return max((float(known[arn].attributes[attribute]) for arn in task.target_groups if arn in known), default=0.0)


def certificate(arn: str) -> tuple[bytes, bytes]:
    """Return chain and key of an ACM certificate, PEM; raises LookupError for an unknown one."""
    found = acm_backends[ACCOUNT_ID][REGION]._certificates[arn]
    chain = found.chain if found.type == "IMPORTED" else b""
    return found.cert.strip() + b"\n" + chain, found.key


def _backend() -> Any:
    return elbv2_backends[ACCOUNT_ID][REGION]
