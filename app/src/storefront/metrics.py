# Copyright: Palisade contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Metrics in the lines of the log, which CloudWatch takes out of them: no agent, no call.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
"""

from __future__ import annotations

import time
from typing import Any

UNITS = {"duration_ms": "Milliseconds", "failed": "Count", "refused": "Count"}


def of_request(namespace: str, version: str, status: int) -> dict[str, Any]:
    """Return what makes metrics of the line about a request: how long it took, whether we or the caller went wrong.

    The only dimension is the version, since each other one multiplies what CloudWatch charges.
    """
    return {
        "_aws": {
            "Timestamp": int(time.time() * 1000),
            "CloudWatchMetrics": [
                {
                    "Namespace": namespace,
                    "Dimensions": [["version"], []],
                    "Metrics": [{"Name": name, "Unit": unit} for name, unit in UNITS.items()],
                }
            ],
        },
        "version": version,
        "failed": int(status >= 500),
        "refused": int(400 <= status < 500),
    }
