# SPDX-License-Identifier: GPL-3.0-or-later
"""Tasks as targets: in moto's target groups, and for the load balancer."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from moto.acm.models import acm_backends
from moto.elbv2.models import elbv2_backends

from emulator.load_balancer import Target
from emulator.scheduler.phase import STARTING, Phase
from emulator.scheduler.task import RunningTask
from emulator.settings import ACCOUNT_ID, REGION


def register(tasks: Iterable[RunningTask]) -> None:
    """Make every target group hold its tasks and the state each was seen in; call under the lock."""
    states: dict[str, dict[str, tuple[int, str]]] = defaultdict(dict)
    zones = {}
    for task in tasks:
        state = _state(task)
        if state and task.vpc_address:
            zones[task.vpc_address] = task.zone
            for arn in task.target_groups:
                states[arn][task.vpc_address] = (task.port or 0, state)
    for arn, group in _backend().target_groups.items():
        _update(group, states.get(arn, {}), zones)


def _update(group: Any, states: Mapping[str, tuple[int, str]], zones: Mapping[str, str]) -> None:
    """Replace the targets that the scheduler manages and leave those that somebody registered by hand."""
    for address in getattr(group, "observed", {}):
        group.targets.pop(address, None)
    for address, (port, state) in states.items():
        if state != "draining":
            group.targets[address] = {"Id": address, "Port": port, "AvailabilityZone": zones[address]}
    group.observed = dict(states)


def _state(task: RunningTask) -> str | None:
    """Return a target's state as DescribeTargetHealth words it; nothing if the task is no target."""
    if task.life.phase in STARTING or task.life.phase is Phase.RUNNING:
        return task.sight.health or "initial"
    return "draining" if task.life.phase is Phase.DEACTIVATING else None


def for_balancer(tasks: Iterable[RunningTask]) -> dict[str, Sequence[Target]]:
    """Return the endpoints of each target group: tasks appear once they listen, for a failed first check costs long."""
    targets: dict[str, list[Target]] = defaultdict(list)
    for task in tasks:
        if task.life.published and task.sight.listening:
            for arn in task.target_groups:
                targets[arn].append(task.target)
    return dict(targets)


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
