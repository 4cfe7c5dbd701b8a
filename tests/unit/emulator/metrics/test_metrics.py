# SPDX-License-Identifier: GPL-3.0-or-later
"""Metric math, statistics, and when an alarm fires."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest

from emulator import settings
from emulator.metrics import alarms, utilization
from emulator.metrics.expression import ExpressionError, evaluate
from emulator.metrics.requests import measured
from emulator.metrics.series import Series, key_of
from emulator.metrics.watch import Watch

BALANCER = {"LoadBalancer": "app/shop/1"}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("a + b", 12.0),
        ("a + gone", None),
        ("FILL(gone, 0) + a", 10.0),
        ("100 * b / (FILL(a, 0) + FILL(gone, 0))", 20.0),
        ("IF(a >= 20, 1, 0)", 0.0),
        ("IF(a > 2, b, 0)", 2.0),
        ("b / 0", None),
    ],
)
def test_expressions_are_those_of_cloudwatch(expression: str, expected: float | None) -> None:
    assert evaluate(expression, {"a": 10.0, "b": 2.0, "gone": None}) == expected


@pytest.mark.parametrize("expression", ["RATE(a)", "a if a else a", "__import__('os')", "a +", "unknown"])
def test_what_is_not_emulated_is_said(expression: str) -> None:
    with pytest.raises(ExpressionError):
        evaluate(expression, {"a": 1.0})


def alarm(**changes: object) -> SimpleNamespace:
    known = {
        "comparison_operator": "GreaterThanOrEqualToThreshold",
        "threshold": 5,
        "evaluation_periods": 4,
        "datapoints_to_alarm": 3,
        "treat_missing_data": "notBreaching",
        "state_value": "OK",
    }
    return SimpleNamespace(**{**known, **changes})


@pytest.mark.parametrize(
    ("values", "changes", "expected"),
    [
        ([5, 6, 0, 7], {}, "ALARM"),
        ([5, 6, 0, 1], {}, "OK"),
        ([5, 6, None, None], {}, "OK"),
        ([5, 6, None, 0], {"treat_missing_data": "breaching"}, "ALARM"),
        ([None] * 4, {"treat_missing_data": "missing"}, "INSUFFICIENT_DATA"),
        ([None] * 4, {"treat_missing_data": "ignore", "state_value": "ALARM"}, "ALARM"),
        ([0, 0, 0, 9], {"comparison_operator": "LessThanThreshold"}, "ALARM"),
    ],
)
def test_so_many_of_the_last_minutes_make_an_alarm(
    values: list[float | None], changes: dict[str, object], expected: str
) -> None:
    assert alarms.judged(values, alarm(**changes)) == expected


def test_statistics_are_of_one_minute() -> None:
    series, key = Series(), key_of("TargetResponseTime", BALANCER)
    for value in range(1, 101):
        series.add(7, key, float(value))
    found = {name: series.statistic(7, key, name) for name in ("Sum", "Average", "Maximum", "SampleCount", "p99")}
    assert found == {"Sum": 5050.0, "Average": 50.5, "Maximum": 100.0, "SampleCount": 100.0, "p99": 99.0}
    assert series.statistic(8, key, "Sum") is None
    series.forget(100)
    assert series.statistic(7, key, "Sum") is None


def test_an_answer_of_a_target_counts_for_its_group_and_one_of_the_balancer_does_not() -> None:
    request = {"listener": 8443, "status": 502, "target_group": "shop-1", "details": "via_upstream", "target_ms": 30}
    places = ({8443: "app/shop/1"}, {"shop-1": "targetgroup/shop/1"})
    names = [(name, "TargetGroup" in dimensions) for name, dimensions, _ in measured(request, *places)]
    assert ("HTTPCode_Target_5XX_Count", True) in names
    assert ("RequestCount", False) in names
    lost = {**request, "details": "no_healthy_upstream", "status": 503, "target_ms": None}
    assert list(measured(lost, *places)) == [("HTTPCode_ELB_5XX_Count", BALANCER, 1.0)]


def test_a_request_counts_in_the_minute_of_its_answer_however_late_it_is_read(tmp_path: Path) -> None:
    (tmp_path / "logs").mkdir()
    environment = {"PALISADE_RUN_DIR": str(tmp_path), "PALISADE_MINUTE_SECONDS": "10"}
    watch, now = Watch(settings.read(environment)), 1002.0
    request = {"listener": 1, "status": 200, "target_group": "shop", "details": "via_upstream", "target_ms": 1}
    # Begun two minutes before, answered in the last one; and one that is answered now.
    moments = ((15.0, 8_000), (1.0, 1_000))
    with (tmp_path / "logs" / "access.log").open("w") as log:
        for ago, took in moments:
            begin = datetime.fromtimestamp(time.time() - ago, UTC).isoformat()
            log.write(json.dumps({**request, "time": begin, "duration_ms": took}) + "\n")
    watch.look([], now)
    assert watch.judge(now)
    requests = alarm(metric_data_queries=[], metric_name="RequestCount", statistic="Sum")
    requests.dimensions = [SimpleNamespace(name="LoadBalancer", value="")]
    assert watch.latest(requests) == 1.0


def test_use_of_cpu_is_that_of_a_process_and_its_children() -> None:
    mine = utilization.cpu_seconds(os.getpid())
    assert mine > 0
    busy = "while True: pass"
    parent = f"import subprocess, sys; subprocess.run([sys.executable, '-c', {busy!r}])"
    with subprocess.Popen([sys.executable, "-c", parent], start_new_session=True) as process:
        try:
            end = time.monotonic() + 10
            while utilization.cpu_seconds(process.pid) < 0.3 and time.monotonic() < end:
                time.sleep(0.02)
            assert utilization.cpu_seconds(process.pid) >= 0.3
        finally:
            os.killpg(process.pid, signal.SIGKILL)
    # One that has ended takes its seconds along.
    assert utilization.cpu_seconds(process.pid) == 0
    assert utilization.used_share((10.0, 3.0), (12.0, 4.0)) == 0.5
    assert utilization.used_share((10.0, 3.0), (12.0, 1.0)) == 0
