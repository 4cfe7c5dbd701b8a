# SPDX-License-Identifier: GPL-3.0-or-later
"""The load balancer's access log as metrics.

https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-cloudwatch-metrics.html
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

BYTES_AT_ONCE = 4 * 1024 * 1024
BY_TARGET = "via_upstream"
Dimensions = dict[str, str]
Measured = tuple[str, Dimensions, float]


class AccessLog:
    """Read what was added to the log since the last time."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._offset = path.stat().st_size if path.exists() else 0

    def read(self) -> list[dict[str, Any]]:
        """Return the requests that were answered meanwhile."""
        if not self._path.exists():
            return []
        if self._path.stat().st_size < self._offset:
            self._offset = 0
        with self._path.open("rb") as file:
            file.seek(self._offset)
            content = file.read(BYTES_AT_ONCE)
        whole = content[: content.rfind(b"\n") + 1]
        self._offset += len(whole)
        return [json.loads(line) for line in whole.splitlines() if line.startswith(b"{")]


def answered(request: Mapping[str, Any]) -> float:
    """Return when a request was answered, in seconds since 1970."""
    return datetime.fromisoformat(request["time"]).timestamp() + int(request["duration_ms"] or 0) / 1000


def measured(request: Mapping[str, Any], balancers: Mapping[int, str], groups: Mapping[str, str]) -> Iterator[Measured]:
    """Yield what an answered request adds to which metrics.

    The load balancers are given by the port that they listen on here, the target groups by Envoy's name for them.
    """
    balancer = {"LoadBalancer": balancers.get(int(request["listener"]), "")}
    status = int(request.get("status") or 0)
    group = groups.get(str(request.get("target_group")))
    if request.get("details") != BY_TARGET:
        if status >= 500:
            yield "HTTPCode_ELB_5XX_Count", balancer, 1.0
        return
    for dimensions in (balancer, *([{**balancer, "TargetGroup": group}] if group else [])):
        yield "RequestCount", dimensions, 1.0
        yield f"HTTPCode_Target_{status // 100}XX_Count", dimensions, 1.0
        if request.get("target_ms") is not None:
            yield "TargetResponseTime", dimensions, float(request["target_ms"]) / 1000
