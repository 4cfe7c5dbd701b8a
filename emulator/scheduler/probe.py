# SPDX-License-Identifier: GPL-3.0-or-later
"""What a target that fails its health checks answers. Envoy says only that it fails; AWS says how."""

from __future__ import annotations

import http.client
import ssl
from typing import Any

from moto.elbv2.models import elbv2_backends

from emulator.scheduler.task import RunningTask
from emulator.settings import ACCOUNT_ID, REGION

Answer = tuple[str, str]
# The scheduler waits for it, so a target that hangs may not take long.
SECONDS = 0.5
NONE: Answer = ("Target.FailedHealthChecks", "Health checks failed")
TIMEOUT: Answer = ("Target.Timeout", "Request timed out")


def ask(task: RunningTask) -> Answer:
    """Ask once, as the load balancer does; never while the lock is held.

    https://docs.aws.amazon.com/elasticloadbalancing/latest/application/target-group-health-checks.html
    """
    group = elbv2_backends[ACCOUNT_ID][REGION].target_groups.get(task.target_groups[0])
    if group is None or task.port is None:
        return NONE
    try:
        status = _status(task.address, task.port, group)
    except TimeoutError:
        return TIMEOUT
    except (OSError, http.client.HTTPException):
        return NONE
    return ("Target.ResponseCodeMismatch", f"Health checks failed with these codes: [{status}]")


def _status(address: str, port: int, group: Any) -> int:
    if group.health_check_protocol == "HTTPS":
        # A load balancer does not verify the certificates of its targets.
        context = ssl.create_default_context()
        context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
        connection: Any = http.client.HTTPSConnection(address, port, timeout=SECONDS, context=context)
    else:
        connection = http.client.HTTPConnection(address, port, timeout=SECONDS)
    try:
        connection.request("GET", group.health_check_path, headers={"User-Agent": "ELB-HealthChecker/2.0"})
        return int(connection.getresponse().status)
    finally:
        connection.close()
