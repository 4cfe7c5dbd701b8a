# SPDX-License-Identifier: GPL-3.0-or-later
"""The health check of a container: what its answers mean, as pure functions.

https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_HealthCheck.html
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

UNKNOWN, HEALTHY, UNHEALTHY = "UNKNOWN", "HEALTHY", "UNHEALTHY"


@dataclass(frozen=True)
class Check:
    """What is run in the container, and how often."""

    command: tuple[str, ...]
    interval: float
    timeout: float
    retries: int
    start_period: float


@dataclass(frozen=True)
class Verdict:
    """What the checks of a container have come to. One that has passed `once` has served."""

    status: str = UNKNOWN
    failures: int = 0
    once: bool = False


def check_of(container: Mapping[str, Any]) -> Check | None:
    """Return the check of a container definition; ECS heeds none that the image has."""
    wanted = container.get("healthCheck") or {}
    kind, *words = wanted.get("command") or ["NONE"]
    if kind == "NONE":
        return None
    return Check(
        command=("/bin/sh", "-c", *words) if kind == "CMD-SHELL" else tuple(words if kind == "CMD" else (kind, *words)),
        interval=float(wanted.get("interval") or 30),
        timeout=float(wanted.get("timeout") or 5),
        retries=int(wanted.get("retries") or 3),
        start_period=float(wanted.get("startPeriod") or 0),
    )


def judge(before: Verdict, check: Check, age: float, *, passed: bool) -> Verdict:
    """Return what one more answer of a container of some age makes of it.

    At first failures do not count, until it has passed once.
    """
    if passed:
        return Verdict(HEALTHY, 0, once=True)
    if not before.once and age < check.start_period:
        return before
    failures = before.failures + 1
    return Verdict(UNHEALTHY if failures >= check.retries else before.status, failures, before.once)
