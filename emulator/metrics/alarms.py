# SPDX-License-Identifier: GPL-3.0-or-later
"""The state of alarms: pure functions over moto's records and what was measured.

https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/alarm-evaluation.html
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from emulator.metrics.expression import Value, evaluate
from emulator.metrics.series import Series, key_of

NAMESPACES = frozenset({"AWS/ApplicationELB", "AWS/ECS"})
PERIOD = 60
OK, ALARM, UNKNOWN = "OK", "ALARM", "INSUFFICIENT_DATA"
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "GreaterThanOrEqualToThreshold": operator.ge,
    "GreaterThanThreshold": operator.gt,
    "LessThanThreshold": operator.lt,
    "LessThanOrEqualToThreshold": operator.le,
}


def is_emulated(alarm: Any) -> bool:
    """Tell whether all that an alarm looks at is measured here, each minute."""
    metrics = [one.metric_stat for one in alarm.metric_data_queries if one.metric_stat]
    places = {one.metric.namespace for one in metrics} or {alarm.namespace}
    periods = {int(one.period) for one in metrics} or {int(alarm.period or 0)}
    return places <= NAMESPACES and periods == {PERIOD} and alarm.comparison_operator in COMPARISONS


def state(alarm: Any, series: Series, minute: int) -> str:
    """Return the state of an alarm by the minutes before the given one."""
    periods = int(alarm.evaluation_periods)
    values = [value(alarm, series, minute - back) for back in range(1, periods + 1)]
    return judged(values, alarm)


def judged(values: Sequence[Value], alarm: Any) -> str:
    """Return the state of an alarm by the values of its periods."""
    compare, treatment = COMPARISONS[alarm.comparison_operator], alarm.treat_missing_data or "missing"
    known = [one for one in values if one is not None]
    breaching = sum(compare(one, float(alarm.threshold)) for one in known)
    if treatment == "breaching":
        breaching += len(values) - len(known)
    if breaching >= int(alarm.datapoints_to_alarm or alarm.evaluation_periods):
        return ALARM
    if not known and treatment == "ignore":
        return str(alarm.state_value)
    return UNKNOWN if not known and treatment == "missing" else OK


def value(alarm: Any, series: Series, minute: int) -> Value:
    """Return what an alarm looks at, as it was in a minute."""
    if not alarm.metric_data_queries:
        dimensions = {one.name: one.value for one in alarm.dimensions}
        return series.statistic(
            minute, key_of(alarm.metric_name, dimensions), alarm.statistic or alarm.extended_statistic
        )
    values: dict[str, Value] = {}
    expressions = {}
    for query in alarm.metric_data_queries:
        if query.metric_stat:
            metric = query.metric_stat.metric
            dimensions = {one.name: one.value for one in metric.dimensions}
            values[query.id] = series.statistic(minute, key_of(metric.metric_name, dimensions), query.metric_stat.stat)
        else:
            expressions[query.id] = query
    for query in expressions.values():
        values[query.id] = evaluate(query.expression, values)
    shown = [query.id for query in alarm.metric_data_queries if str(query.return_data).lower() != "false"]
    return values[shown[0]] if shown else None
