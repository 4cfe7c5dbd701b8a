# SPDX-License-Identifier: GPL-3.0-or-later
"""Alarms that end a deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-alarm-failure.html
"""

from __future__ import annotations

from typing import Any

from moto.cloudwatch.models import cloudwatch_backends

from emulator.control_plane.fidelity import ecs_deployment, ecs_rollout
from emulator.control_plane.fidelity.ecs_alarms import asked, firing
from emulator.settings import ACCOUNT_ID, REGION

REASON = "ECS deployment alarm"


def heed(service: Any) -> list[str]:
    """Fail, and roll back if that is wanted, a deployment one of whose alarms has begun to fire; return events."""
    current = service.history[0]
    settings = asked(current.configuration)
    if service.status != "ACTIVE" or current.status != "IN_PROGRESS" or not settings:
        return []
    new = sorted(firing(settings["alarmNames"]) - current.alarms.ignored)
    if not new:
        return []
    current.alarms.triggered = tuple(new)
    primary = service.deployments[0]
    reason = f"alarm detected: {', '.join(new)}."
    ecs_deployment.finish(primary, "FAILED", f"{REASON}: {reason}")
    told = [f"(deployment {primary['id']}) deployment failed: {reason}"]
    if not settings.get("rollback"):
        current.fail(f"{REASON}: {reason}")
        return told
    current.request_rollback(ecs_rollout.ALARM)
    back = ecs_deployment.roll_back(service, REASON)
    return [*told, f"rolling back to deployment {back['id']}."] if back else told


def bake_minutes(configuration: dict[str, Any]) -> int:
    """Return for how long ECS heeds the alarms of a rolling deployment whose tasks all run.

    AWS says only that it computes it by the alarms: here it is the time that the slowest one takes to fire,
    whose first minute is not a whole one.
    """
    alarms = cloudwatch_backends[ACCOUNT_ID][REGION].alarms
    known = [alarms[name] for name in asked(configuration).get("alarmNames") or [] if name in alarms]
    return max((int(one.evaluation_periods) + 1 for one in known), default=0)
