# SPDX-License-Identifier: GPL-3.0-or-later
"""How many failed tasks end a deployment.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/deployment-circuit-breaker.html
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

LEAST, MOST = 3, 200


def threshold_of(desired: int) -> int:
    """Return half the number of tasks, rounded up, within bounds."""
    return min(MOST, max(LEAST, -(-desired // 2)))


def trips(deployment: Mapping[str, Any], desired: int, breaker: Mapping[str, Any]) -> bool:
    """Tell whether a deployment that is under way has failed; a healthy task begins the count anew."""
    under_way = deployment["rolloutState"] == "IN_PROGRESS"
    return bool(breaker["enable"] and under_way and deployment["failedTasks"] >= threshold_of(desired))
