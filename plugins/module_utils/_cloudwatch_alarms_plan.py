# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a set of alarms, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._tags import merged

Facts = Mapping[str, Any]
Json = dict[str, Any]
ACTIONS = ("AlarmActions", "OKActions", "InsufficientDataActions")
COMPARED = (
    "AlarmDescription",
    "ActionsEnabled",
    *ACTIONS,
    "Namespace",
    "MetricName",
    "Dimensions",
    "Statistic",
    "ExtendedStatistic",
    "Unit",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "EvaluateLowSampleCountPercentile",
    "Metrics",
)
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutMetricAlarm.html
PLAIN_STATISTICS = ("Average", "Maximum", "Minimum", "SampleCount", "Sum")
LONGEST_NAME = 255


@dataclass(frozen=True)
class Alarm:
    """An alarm as PutMetricAlarm takes it, without what says nothing; tags are told apart from the rest."""

    name: str
    definition: Facts
    tags: Mapping[str, str] = field(default_factory=dict)
    arn: str = field(default="", compare=False)

    @property
    def request(self) -> Json:
        """The alarm as PutMetricAlarm takes it, which replaces all of it but its tags."""
        return {"AlarmName": self.name, **self.definition}


@dataclass(frozen=True)
class Change:
    """The alarms of a set before and after, by their names."""

    before: Mapping[str, Alarm]
    after: Mapping[str, Alarm]

    def __bool__(self) -> bool:
        return bool(self.created or self.changed or self.removed)

    @property
    def created(self) -> list[str]:
        """The names of alarms that are new."""
        return sorted(self.after.keys() - self.before.keys())

    @property
    def changed(self) -> list[str]:
        """The names of alarms that differ."""
        return sorted(name for name in self.after if name in self.before and self.after[name] != self.before[name])

    @property
    def removed(self) -> list[str]:
        """The names of alarms that go."""
        return sorted(self.before.keys() - self.after.keys())

    def as_result(self, diff: bool) -> Json:
        """Return what the module returns; the difference is of those that differ."""
        touched = {*self.created, *self.changed, *self.removed}
        before, after = (
            {
                name: {**one.definition, "Tags": dict(one.tags)}
                for name, one in sorted(alarms.items())
                if name in touched
            }
            for alarms in (self.before, self.after)
        )
        return {
            "changed": bool(self),
            "alarms": sorted(self.after),
            "alarms_created": self.created,
            "alarms_changed": self.changed,
            "alarms_removed": self.removed,
            **({"diff": {"before": before, "after": after}} if diff else {}),
        }


def canonical(alarm: Facts) -> Json:
    """Return what an alarm says, of a request as of a description: in one order, with what AWS takes for unsaid."""
    said = {key: alarm[key] for key in COMPARED if alarm.get(key) not in (None, "", [], {})}
    for key in ACTIONS:
        if key in said:
            said[key] = sorted(said[key])
    if "Dimensions" in said:
        said["Dimensions"] = _dimensions(said["Dimensions"])
    if "Metrics" in said:
        said["Metrics"] = sorted((_metric(one) for one in said["Metrics"]), key=lambda one: str(one["Id"]))
    said.setdefault("ActionsEnabled", True)
    said.setdefault("TreatMissingData", "missing")
    said.setdefault("DatapointsToAlarm", alarm["EvaluationPeriods"])
    return {**said, "Threshold": float(alarm.get("Threshold") or 0)}


def _metric(metric: Facts) -> Json:
    said = {key: value for key, value in metric.items() if value not in (None, "", [], {})}
    if stat := metric.get("MetricStat"):
        asked = {key: value for key, value in stat["Metric"].items() if value not in (None, "", [])}
        if "Dimensions" in asked:
            asked["Dimensions"] = _dimensions(asked["Dimensions"])
        said["MetricStat"] = {**{key: value for key, value in stat.items() if value is not None}, "Metric": asked}
    return {**said, "ReturnData": metric.get("ReturnData") is not False}


def _dimensions(dimensions: Sequence[Facts]) -> list[Json]:
    found = [{"Name": one["Name"], "Value": one["Value"]} for one in dimensions]
    return sorted(found, key=lambda one: str(one["Name"]))


def described(found: Sequence[Facts], tags: Mapping[str, Mapping[str, str]]) -> dict[str, Alarm]:
    """Return alarms as CloudWatch describes them, with their tags by ARN."""
    return {
        one["AlarmName"]: Alarm(one["AlarmName"], canonical(one), tags.get(one["AlarmArn"], {}), one["AlarmArn"])
        for one in found
    }


def checked(prefix: str) -> str:
    """Return the prefix of a set; raises PlanError for none, which would be that of all alarms."""
    if not prefix:
        raise PlanError("prefix is empty; expected what no alarm but those of this set begins with.")
    return prefix


def wanted(params: Facts, before: Mapping[str, Alarm]) -> dict[str, Alarm]:
    """Return the alarms that are wanted; raises PlanError for what CloudWatch would refuse."""
    alarms: dict[str, Alarm] = {}
    for one in params["alarms"]:
        name = f"{params['prefix']}{one['name']}"
        if name in alarms or len(name) > LONGEST_NAME:
            raise PlanError(f"alarm {name} is there twice or longer than {LONGEST_NAME} characters.")
        known = before.get(name)
        tags = merged(known.tags if known else {}, params)
        alarms[name] = Alarm(name, canonical(_request(one, params)), tags, known.arn if known else "")
    return alarms


def _request(one: Facts, params: Facts) -> Json:
    _check(one)
    statistic = one["statistic"] or ""
    watched: Json = {"Metrics": [_query(metric, one) for metric in one["metrics"]]}
    if not one["metrics"]:
        kind = "Statistic" if statistic in PLAIN_STATISTICS else "ExtendedStatistic"
        watched = {"Period": one["period"], kind: statistic, **_named(one)}
    return {
        **watched,
        "AlarmDescription": one["description"],
        "AlarmActions": params["alarm_actions"],
        "OKActions": params["ok_actions"],
        "ActionsEnabled": True,
        "EvaluationPeriods": one["evaluation_periods"],
        "DatapointsToAlarm": one["datapoints"] or one["evaluation_periods"],
        "Threshold": one["threshold"],
        "ComparisonOperator": one["comparison"],
        "TreatMissingData": one["missing_data"],
        "EvaluateLowSampleCountPercentile": one["few_samples"],
    }


def _named(metric: Facts) -> Json:
    dimensions = [{"Name": name, "Value": str(value)} for name, value in (metric["dimensions"] or {}).items()]
    return {"Namespace": metric["namespace"], "MetricName": metric["metric"], "Dimensions": dimensions}


def _query(metric: Facts, alarm: Facts) -> Json:
    shown = {"Id": metric["id"], "Label": metric["label"], "ReturnData": metric["id"] == alarm["result"]}
    if metric["expression"]:
        return {**shown, "Expression": metric["expression"]}
    return {**shown, "MetricStat": {"Metric": _named(metric), "Period": alarm["period"], "Stat": metric["statistic"]}}


def _check(one: Facts) -> None:
    name, metrics = one["name"], one["metrics"]
    if bool(metrics) == bool(one["metric"]):
        raise PlanError(
            f"alarm {name} has metric {one['metric']!r} and {len(metrics)} metrics; expected one or others."
        )
    if metrics and one["result"] not in [metric["id"] for metric in metrics]:
        raise PlanError(f"alarm {name} has result {one['result']!r}; expected the id of one of its metrics.")
    for metric in metrics or [one]:
        if not metric.get("expression") and not all(metric[key] for key in ("namespace", "metric", "statistic")):
            raise PlanError(f"alarm {name} has a metric without namespace, metric or statistic.")
    if one["datapoints"] and one["datapoints"] > one["evaluation_periods"]:
        raise PlanError(f"alarm {name} has more datapoints than evaluation_periods; expected as many at most.")
