# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a set of alarms: nothing, check, creation, repetition, changes, removal, repetition; others stay."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import cloudwatch_alarms
from ansible_collections.palisade.ecs.plugins.plugin_utils._service_alarms import service_alarms

from tests.integration.plugins.modules.aws_account import AwsAccount, Json
from tests.unit.plugins.plugin_utils.test_service_alarms import LIMITS, SERVICE

TOPIC = "arn:aws:sns:eu-central-1:123456789012:shop-alarms"
NAMES = [
    *("cpu", "errors", "latency", "load-balancer-errors", "memory", "missing-tasks", "no-healthy-task"),
    "unhealthy-tasks",
]
WANTED: Json = {
    "prefix": "shop.service-",
    "alarms": service_alarms(SERVICE, LIMITS),
    "alarm_actions": [TOPIC],
    "ok_actions": [TOPIC],
    "tags": {"Application": "shop"},
}
# The alarm of another stack, whose name begins almost alike.
OTHER: Json = {
    "AlarmName": "shop-service-x",
    "Namespace": "A",
    "MetricName": "B",
    "Statistic": "Sum",
    "Period": 60,
    "EvaluationPeriods": 1,
    "Threshold": 1.0,
    "ComparisonOperator": "GreaterThanThreshold",
}


@pytest.fixture
def cloudwatch(aws: AwsAccount) -> Any:
    client = aws.client("cloudwatch")
    client.put_metric_alarm(**OTHER)
    aws.written()
    return client


def found(cloudwatch: Any) -> dict[str, Any]:
    return {one["AlarmName"]: one for one in cloudwatch.describe_alarms()["MetricAlarms"]}


def test_prefix_has_to_be_given(aws: AwsAccount) -> None:
    assert aws.run(cloudwatch_alarms, alarms=[])["msg"] == "missing required arguments: prefix"
    assert "prefix is empty" in aws.run(cloudwatch_alarms, alarms=[], prefix="")["msg"]


def test_story(aws: AwsAccount, cloudwatch: Any) -> None:
    dry = aws.run(cloudwatch_alarms, dry=True, **WANTED)
    assert (dry["changed"], dry["diff"]["before"], aws.written()) == (True, {}, [])
    made, again = (aws.run(cloudwatch_alarms, dry=dry, **WANTED) for dry in (False, True))
    assert aws.written() == ["PutMetricAlarm"] * len(NAMES)
    assert {key: value for key, value in dry.items() if key != "diff"} == made
    assert made["alarms"] == made["alarms_created"] == [f"shop.service-{name}" for name in NAMES]
    assert (again["changed"], again["diff"]) == (False, {"before": {}, "after": {}})
    assert found(cloudwatch)["shop.service-latency"]["AlarmActions"] == [TOPIC]
    less = {**WANTED, "alarms": service_alarms({**SERVICE, "container_insights": "disabled"}, {**LIMITS, "latency": 2})}
    foreseen, changed, same = (aws.run(cloudwatch_alarms, dry=dry, **less) for dry in (True, False, True))
    assert {key: value for key, value in foreseen.items() if key != "diff"} == changed
    assert changed["alarms_changed"] == ["shop.service-latency"]
    assert changed["alarms_removed"] == ["shop.service-missing-tasks"]
    assert (aws.written(), same["changed"]) == (["PutMetricAlarm", "DeleteAlarms"], False)
    away = {**WANTED, "alarms": []}
    told = [aws.run(cloudwatch_alarms, dry=dry, **away) for dry in (True, False, False)]
    assert ([one["changed"] for one in told], aws.written()) == ([True, True, False], ["DeleteAlarms"])
    assert list(found(cloudwatch)) == ["shop-service-x"]


def test_tags_are_kept(aws: AwsAccount, cloudwatch: Any) -> None:
    aws.run(cloudwatch_alarms, **WANTED)
    arn = found(cloudwatch)["shop.service-cpu"]["AlarmArn"]
    cloudwatch.tag_resource(
        ResourceARN=arn, Tags=[{"Key": "Application", "Value": "other"}, {"Key": "a", "Value": "b"}]
    )
    aws.written()
    foreseen = aws.run(cloudwatch_alarms, dry=True, **WANTED)
    assert aws.written() == []
    done, again = (aws.run(cloudwatch_alarms, dry=dry, **WANTED) for dry in (False, True))
    assert foreseen["alarms_changed"] == done["alarms_changed"] == ["shop.service-cpu"]
    assert (aws.written(), again["changed"]) == (["UntagResource", "TagResource"], False)
    assert cloudwatch.list_tags_for_resource(ResourceARN=arn)["Tags"] == [{"Key": "Application", "Value": "shop"}]


def test_more_alarms_than_aws_deletes_at_once(aws: AwsAccount, cloudwatch: Any) -> None:
    many = [{**WANTED["alarms"][3], "name": f"alarm-{number}"} for number in range(101)]
    aws.run(cloudwatch_alarms, **{**WANTED, "alarms": many})
    aws.written()
    assert len(aws.run(cloudwatch_alarms, **{**WANTED, "alarms": []})["alarms_removed"]) == 101
    assert aws.written() == ["DeleteAlarms"] * 2
