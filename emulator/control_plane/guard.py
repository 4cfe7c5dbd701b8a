# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of moto's services the lock is around."""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.responses import ApplicationAutoScalingResponse
from moto.ec2.responses import EC2Response
from moto.ecs.responses import EC2ContainerServiceResponse
from moto.elbv2.responses import ELBV2Response
from moto.iam.responses import IamResponse
from moto.logs.responses import LogsResponse

from emulator.control_plane.gate import IDENTITIES, NETWORK, Gate


def guard(gate: Gate) -> None:
    """Serialise with the scheduler what it reads."""
    response_classes: tuple[Any, ...] = (
        ApplicationAutoScalingResponse,
        EC2ContainerServiceResponse,
        ELBV2Response,
        LogsResponse,
    )
    for response_class in response_classes:
        gate.guard(response_class)
    gate.guard(EC2Response, NETWORK)
    gate.guard(IamResponse, IDENTITIES)
