# SPDX-License-Identifier: GPL-3.0-or-later
"""Log groups, topics and alarms as CloudFormation writes them."""

from __future__ import annotations

from tests.audit.state.reading import Item, State
from tests.audit.template.resource import Resource, Resources, document, take

ALARM = (
    "AlarmName",
    "AlarmDescription",
    "ActionsEnabled",
    "OKActions",
    "AlarmActions",
    "InsufficientDataActions",
    "MetricName",
    "Namespace",
    "Statistic",
    "ExtendedStatistic",
    "Dimensions",
    "Period",
    "EvaluationPeriods",
    "DatapointsToAlarm",
    "Threshold",
    "ComparisonOperator",
    "TreatMissingData",
    "Metrics",
)


def resources(state: State) -> Resources:
    """Return what watches the stack."""
    for group in state["log_groups"]:
        wanted = take(group, LogGroupName="logGroupName", RetentionInDays="retentionInDays", KmsKeyId="kmsKeyId")
        # A destination is given with or without the `:*` that stands for the streams.
        known = {group["arn"]: "Arn", group["arn"].removesuffix(":*"): "Arn"}
        yield Resource("AWS::Logs::LogGroup", group["logGroupName"], wanted, known)
    for topic in state["topics"]:
        yield from _topic(topic)
    for alarm in state["alarms"]:
        # Target tracking makes and owns alarms, which a template therefore does not have.
        if not alarm["AlarmName"].startswith("TargetTracking-"):
            wanted = take(alarm, *ALARM)
            yield Resource("AWS::CloudWatch::Alarm", alarm["AlarmName"], wanted, {alarm["AlarmArn"]: "Arn"})


def _topic(topic: Item) -> Resources:
    arn = topic["TopicArn"]
    name = arn.rpartition(":")[2]
    wanted = {"TopicName": name} | take(topic, "KmsMasterKeyId", "DisplayName")
    yield Resource("AWS::SNS::Topic", name, wanted, {arn: ""})
    if topic.get("Policy"):
        policy = {"Topics": [arn], "PolicyDocument": document(topic["Policy"])}
        yield Resource("AWS::SNS::TopicPolicy", name, policy)
