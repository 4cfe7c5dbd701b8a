# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a set of alarms."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._cloudwatch_alarms_plan import (
    Alarm,
    Change,
    canonical,
    checked,
    described,
    wanted,
)
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

BASE: dict[str, Any] = {
    "description": "",
    "namespace": None,
    "metric": None,
    "dimensions": None,
    "statistic": None,
    "metrics": [],
    "result": "result",
    "period": 60,
    "evaluation_periods": 3,
    "datapoints": None,
    "threshold": 1.0,
    "comparison": "GreaterThanThreshold",
    "missing_data": "missing",
    "few_samples": None,
}
QUERY = {"namespace": "A", "metric": "B", "statistic": "Sum", "expression": None, "label": None, "dimensions": None}
PLAIN = {
    **BASE,
    "name": "plain",
    "namespace": "A",
    "metric": "B",
    "statistic": "p99",
    "dimensions": {"Two": "2", "One": "1"},
}
MATH = {**BASE, "name": "math", "metrics": [{**QUERY, "id": "m"}, {**QUERY, "id": "result", "expression": "m * 2"}]}
PARAMS: dict[str, Any] = {
    "prefix": "shop.",
    "alarms": [PLAIN, MATH],
    "alarm_actions": ["arn:b", "arn:a"],
    "ok_actions": [],
    "tags": {"Application": "shop"},
    "purge_tags": True,
}


def change(before: dict[str, Alarm], **other: Any) -> Change:
    return Change(before, wanted({**PARAMS, **other}, before))


def written() -> dict[str, Alarm]:
    """Return the alarms as CloudWatch describes what was written: in another order, and with more words."""
    found = []
    for one in wanted(PARAMS, {}).values():
        metrics = [dict(metric) for metric in reversed(one.definition.get("Metrics", []))]
        dimensions = list(reversed(one.definition.get("Dimensions", [])))
        more = {"AlarmArn": f"arn:{one.name}", "StateValue": "OK", "InsufficientDataActions": [], "Metrics": metrics}
        found.append({**one.request, **more, "Dimensions": dimensions})
    return described(found, {one["AlarmArn"]: PARAMS["tags"] for one in found})


def test_what_was_written_is_what_is_wanted() -> None:
    assert not change(written())
    # Only one of both kinds of statistic is taken, and percentiles are the other one.
    assert written()["shop.plain"].definition["ExtendedStatistic"] == "p99"
    returned = [one["ReturnData"] for one in written()["shop.math"].definition["Metrics"]]
    assert returned == [False, True]


def test_what_aws_takes_for_unsaid_is_said() -> None:
    short = {"EvaluationPeriods": 2, "Threshold": 1, "Metrics": [{"Id": "a", "Expression": "b"}]}
    assert canonical(short) == {
        "ActionsEnabled": True,
        "DatapointsToAlarm": 2,
        "EvaluationPeriods": 2,
        "Metrics": [{"Id": "a", "Expression": "b", "ReturnData": True}],
        "Threshold": 1.0,
        "TreatMissingData": "missing",
    }


@pytest.mark.parametrize(
    "other",
    [
        {"threshold": 2.0},
        {"evaluation_periods": 4},
        {"datapoints": 2},
        {"comparison": "LessThanThreshold"},
        {"missing_data": "ignore"},
        {"description": "Bad"},
        {"statistic": "Sum"},
        {"dimensions": {"One": "1"}},
        {"few_samples": "ignore"},
        {"period": 300},
    ],
)
def test_each_difference_is_a_change_of_that_alarm(other: dict[str, Any]) -> None:
    assert change(written(), alarms=[{**PLAIN, **other}, MATH]).changed == ["shop.plain"]


def test_alarm_that_was_silenced_speaks_again() -> None:
    math = {**written()["shop.math"].request, "AlarmArn": "arn:shop.math", "ActionsEnabled": False}
    silent = described([math], {"arn:shop.math": PARAMS["tags"]})
    assert change({**written(), **silent}).changed == ["shop.math"]


def test_what_is_not_wanted_goes_and_what_is_new_comes() -> None:
    found = change(written(), alarms=[PLAIN, {**MATH, "name": "other"}])
    assert (found.created, found.changed, found.removed) == (["shop.other"], [], ["shop.math"])
    assert found.as_result(diff=True)["diff"]["before"].keys() == {"shop.math"}


def test_tags_are_a_change_unless_others_are_kept() -> None:
    assert change(written(), tags={"Stage": "dev"}).changed == ["shop.math", "shop.plain"]
    assert not change(written(), tags={}, purge_tags=False)


@pytest.mark.parametrize(
    ("alarm", "message"),
    [
        ({**PLAIN, "metrics": MATH["metrics"]}, "expected one or others"),
        ({**PLAIN, "metric": None}, "expected one or others"),
        ({**PLAIN, "statistic": None}, "without namespace, metric or statistic"),
        ({**MATH, "result": "n"}, "expected the id of one of its metrics"),
        ({**PLAIN, "datapoints": 4}, "more datapoints than evaluation_periods"),
        ({**PLAIN, "name": "x" * 255}, "longer than 255"),
    ],
)
def test_what_cloudwatch_would_refuse_is_refused(alarm: dict[str, Any], message: str) -> None:
    with pytest.raises(PlanError, match=message):
        wanted({**PARAMS, "alarms": [alarm]}, {})


def test_set_of_all_alarms_is_refused() -> None:
    assert checked("shop.") == "shop."
    with pytest.raises(PlanError, match="prefix is empty"):
        checked("")
