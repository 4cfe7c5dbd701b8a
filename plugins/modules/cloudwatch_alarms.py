#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a set of alarms of CloudWatch."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudwatch_alarms
author: Palisade contributors (!UNKNOWN)
short_description: Manage a set of alarms of CloudWatch
version_added: 0.1.0
description:
  - Creates, changes and removes alarms of metrics, until those whose names begin with a prefix are the ones that are
    wanted.
  - M(amazon.aws.cloudwatch_metric_alarm) manages one alarm, so one that is not wanted any more has to be known by name.
    It knows no tags.
  - Composite alarms are left alone.
options:
  prefix:
    description:
      - What the names of all alarms of the set begin with.
      - Every other alarm of a metric whose name begins so is removed. So end it with a character that no other name has
        in that place.
    type: str
    required: true
  alarms:
    description: The alarms. Without any the set is emptied.
    type: list
    elements: dict
    required: true
    suboptions:
      name:
        description: What the name of the alarm ends with, after O(prefix).
        type: str
        required: true
      description:
        description: What it means, for who is woken by it.
        type: str
        default: ""
      namespace:
        description: The namespace of the metric.
        type: str
      metric:
        description: The name of the metric. Not together with O(alarms[].metrics).
        type: str
      dimensions:
        description: Whose metric it is.
        type: dict
      statistic:
        description: The statistic of the metric, such as V(Sum) or V(p99).
        type: str
      metrics:
        description: Metrics, and expressions of them, instead of one metric.
        type: list
        elements: dict
        default: []
        suboptions:
          id:
            description: What expressions call it.
            type: str
            required: true
          expression:
            description: An expression of metric math. Without one this is a metric.
            type: str
          label:
            description: What charts call it.
            type: str
          namespace:
            description: The namespace of the metric.
            type: str
          metric:
            description: The name of the metric.
            type: str
          dimensions:
            description: Whose metric it is.
            type: dict
          statistic:
            description: The statistic of the metric.
            type: str
      result:
        description: Which of O(alarms[].metrics) is compared, by its id.
        type: str
        default: result
      period:
        description: How many seconds make a point.
        type: int
        default: 60
      evaluation_periods:
        description: How many points are looked at.
        type: int
        default: 1
      datapoints:
        description: How many of them have to be beyond the threshold. Without it all.
        type: int
      threshold:
        description: What is compared with.
        type: float
        required: true
      comparison:
        description: How it is compared.
        type: str
        choices:
          - GreaterThanOrEqualToThreshold
          - GreaterThanThreshold
          - LessThanThreshold
          - LessThanOrEqualToThreshold
        default: GreaterThanOrEqualToThreshold
      missing_data:
        description: What a point without data is taken for.
        type: str
        choices: [missing, notBreaching, breaching, ignore]
        default: missing
      few_samples:
        description: Whether a percentile of too few samples is evaluated.
        type: str
        choices: [evaluate, ignore]
  alarm_actions:
    description: The ARNs of what is told of each alarm, such as topics.
    type: list
    elements: str
    default: []
  ok_actions:
    description: The ARNs of what is told when an alarm is over.
    type: list
    elements: str
    default: []
  tags:
    description: The tags of each alarm.
    type: dict
    default: {}
  purge_tags:
    description: Whether other tags are removed.
    type: bool
    default: true
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the alarms that differ, before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Watch the service
  palisade.ecs.cloudwatch_alarms:
    region: eu-central-1
    prefix: shop-dev.service-
    alarm_actions: [arn:aws:sns:eu-central-1:123456789012:shop-dev-alarms]
    alarms:
      - name: latency
        namespace: AWS/ApplicationELB
        metric: TargetResponseTime
        dimensions: {LoadBalancer: app/shop-dev/0123456789abcdef}
        statistic: p99
        few_samples: ignore
        evaluation_periods: 5
        threshold: 1
      - name: errors
        description: Of a hundred requests, five fail.
        threshold: 5
        missing_data: notBreaching
        metrics:
          - {id: failed, namespace: AWS/ApplicationELB, metric: HTTPCode_Target_5XX_Count, statistic: Sum,
             dimensions: {LoadBalancer: app/shop-dev/0123456789abcdef}}
          - {id: all, namespace: AWS/ApplicationELB, metric: RequestCount, statistic: Sum,
             dimensions: {LoadBalancer: app/shop-dev/0123456789abcdef}}
          - {id: result, expression: 100 * failed / all}

- name: Watch it no more
  palisade.ecs.cloudwatch_alarms:
    region: eu-central-1
    prefix: shop-dev.service-
    alarms: []
"""

RETURN = r"""
alarms:
  description: The names of all alarms of the set after the task.
  returned: success
  type: list
  elements: str
  sample: [shop-dev.service-errors, shop-dev.service-latency]
alarms_created:
  description: The names of those that were created. In check mode, that would be; so both others.
  returned: success
  type: list
  elements: str
alarms_changed:
  description: The names of those that were changed.
  returned: success
  type: list
  elements: str
alarms_removed:
  description: The names of those that were removed.
  returned: success
  type: list
  elements: str
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _cloudwatch_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._cloudwatch_alarms_arguments import ARGUMENT_SPEC
from ansible_collections.palisade.ecs.plugins.module_utils._cloudwatch_alarms_plan import (
    Change,
    checked,
    described,
    wanted,
)
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    found = api.alarms_of(client, checked(module.params["prefix"]))
    before = described(found, {one["AlarmArn"]: api.tags_of(client, one["AlarmArn"]) for one in found})
    change = Change(before, wanted(module.params, before))
    if change and not module.check_mode:
        api.apply(client, change)
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("cloudwatch"), run)


if __name__ == "__main__":
    main()
