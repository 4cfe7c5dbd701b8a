# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The arguments of the module cloudwatch_alarms."""

from __future__ import annotations

from typing import Any

ABOVE, BELOW = "GreaterThanOrEqualToThreshold", "LessThanOrEqualToThreshold"
COMPARISONS = [ABOVE, "GreaterThanThreshold", "LessThanThreshold", BELOW]
METRIC: dict[str, Any] = {
    "namespace": {"type": "str"},
    "metric": {"type": "str"},
    "dimensions": {"type": "dict"},
    "statistic": {"type": "str"},
}
QUERY: dict[str, Any] = {
    "id": {"type": "str", "required": True},
    "expression": {"type": "str"},
    "label": {"type": "str"},
    **METRIC,
}
ALARM: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "description": {"type": "str", "default": ""},
    **METRIC,
    "metrics": {"type": "list", "elements": "dict", "options": QUERY, "default": []},
    "result": {"type": "str", "default": "result"},
    "period": {"type": "int", "default": 60},
    "evaluation_periods": {"type": "int", "default": 1},
    "datapoints": {"type": "int"},
    "threshold": {"type": "float", "required": True},
    "comparison": {"type": "str", "choices": COMPARISONS, "default": ABOVE},
    "missing_data": {
        "type": "str",
        "choices": ["missing", "notBreaching", "breaching", "ignore"],
        "default": "missing",
    },
    "few_samples": {"type": "str", "choices": ["evaluate", "ignore"]},
}
LISTED: dict[str, Any] = {"type": "list", "elements": "str", "default": []}
ARGUMENT_SPEC: dict[str, Any] = {
    "prefix": {"type": "str", "required": True},
    "alarms": {"type": "list", "elements": "dict", "options": ALARM, "required": True},
    "alarm_actions": LISTED,
    "ok_actions": LISTED,
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}
