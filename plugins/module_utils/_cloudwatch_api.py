# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to CloudWatch about alarms, one function each."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
    compare_aws_tags,
)
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import CloudWatchErrorHandler
from ansible_collections.palisade.ecs.plugins.module_utils._cloudwatch_alarms_plan import Alarm, Change

# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_DeleteAlarms.html
MOST_AT_ONCE = 100
# CloudWatch takes three alarms a second, and one at a time of each name.
BUSY = ["ConcurrentModificationException"]


def alarms_of(client: Any, prefix: str) -> list[dict[str, Any]]:
    """Return the alarms of metrics whose names begin with a prefix. Raises AnsibleAWSError."""

    @CloudWatchErrorHandler.common_error_handler(f"list the alarms {prefix}*")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        pages = client.get_paginator("describe_alarms").paginate(AlarmNamePrefix=prefix, AlarmTypes=["MetricAlarm"])
        return pages.build_full_result().get("MetricAlarms", [])

    return list(attempt())


def tags_of(client: Any, arn: str) -> dict[str, str]:
    """Return the tags of an alarm; none if it is gone. Raises AnsibleAWSError."""

    @CloudWatchErrorHandler.list_error_handler(f"list the tags of {arn}", [])
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.list_tags_for_resource(ResourceARN=arn)["Tags"]

    return dict(boto3_tag_list_to_ansible_dict(attempt()))


def call(client: Any, what: str, operation: str, **arguments: Any) -> None:
    """Call an operation that changes alarms. Raises AnsibleAWSError."""

    @CloudWatchErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        getattr(client, operation)(**arguments)

    attempt()


def delete(client: Any, names: Sequence[str]) -> None:
    """Delete alarms; that one is gone already is no failure. Raises AnsibleAWSError."""

    @CloudWatchErrorHandler.deletion_error_handler("delete alarms")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt(some: list[str]) -> None:
        client.delete_alarms(AlarmNames=some)

    for start in range(0, len(names), MOST_AT_ONCE):
        attempt(list(names[start : start + MOST_AT_ONCE]))


def apply(client: Any, change: Change) -> None:
    """Write what differs. What is new comes first, so that nothing is unwatched meanwhile."""
    for name in change.created:
        one = change.after[name]
        tags = {"Tags": ansible_dict_to_boto3_tag_list(dict(one.tags))} if one.tags else {}
        call(client, f"create alarm {name}", "put_metric_alarm", **one.request, **tags)
    for name in change.changed:
        _update(client, change.before[name], change.after[name])
    delete(client, change.removed)


def _update(client: Any, before: Alarm, after: Alarm) -> None:
    if before.definition != after.definition:
        call(client, f"change alarm {after.name}", "put_metric_alarm", **after.request)
    to_set, to_unset = compare_aws_tags(before.tags, after.tags)
    if to_unset:
        call(client, f"untag alarm {after.name}", "untag_resource", ResourceARN=before.arn, TagKeys=to_unset)
    if to_set:
        listed = ansible_dict_to_boto3_tag_list(to_set)
        call(client, f"tag alarm {after.name}", "tag_resource", ResourceARN=before.arn, Tags=listed)
