#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage the autoscaling of a service of ECS."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_service_scaling
author: Palisade contributors (!UNKNOWN)
short_description: Manage the autoscaling of a service of ECS
version_added: 0.1.0
description:
  - Has Application Auto Scaling keep the number of tasks of a service between limits, by CPU, memory, requests and the
    clock, as a whole. Policies and scheduled actions that are not given are removed.
  - M(community.aws.application_autoscaling_policy) writes in check mode, knows no scheduled actions and no label of a
    load balancer's requests, and leaves policies that are not wanted any more.
  - The number of tasks itself is never set. AWS moves it into the limits when they change.
options:
  state:
    description:
      - With V(present) the service is scaled as the other options say.
      - With V(absent) it is not scaled. It keeps the number of tasks that it has.
    type: str
    choices: [present, absent]
    default: present
  cluster:
    description: The name of the cluster.
    type: str
    required: true
  service:
    description: The name of the service.
    type: str
    required: true
  min_count:
    description:
      - The fewest tasks, required with O(state=present).
      - A limit that one of O(scheduled_actions) sets, too, is left as it is. It was the turn of that one.
    type: int
  max_count:
    description: The most tasks, required with O(state=present). As O(min_count) otherwise.
    type: int
  cpu_target:
    description: The average CPU in percent that is aimed at. V(0) means that CPU is no reason.
    type: float
    default: 0.0
  memory_target:
    description: The average memory in percent that is aimed at. V(0) means that memory is no reason.
    type: float
    default: 0.0
  requests_target:
    description:
      - How many requests a minute each task should get. V(0) means that they are no reason. More needs
        O(load_balancer_arn) and O(target_group_arn).
      - It does not work with blue/green deployments, which change the target group.
    type: float
    default: 0.0
  load_balancer_arn:
    description: The load balancer whose requests are counted.
    type: str
  target_group_arn:
    description: The target group whose requests are counted.
    type: str
  scale_in_cooldown:
    description: For how many seconds no further task is stopped after one was.
    type: int
    default: 300
  scale_out_cooldown:
    description: For how many seconds tasks that were started count before more are.
    type: int
    default: 60
  scheduled_actions:
    description: What changes the limits by the clock.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name of the action.
        type: str
        required: true
      schedule:
        description: When, as V(cron(...\)), V(at(...\)) or V(rate(...\)) of Application Auto Scaling.
        type: str
        required: true
      timezone:
        description: The time zone of the schedule, by its IANA name.
        type: str
        default: UTC
      min_count:
        description: The fewest tasks from then on. Left as it is without one.
        type: int
      max_count:
        description: The most tasks from then on. Left as it is without one.
        type: int
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the scaling before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Scale a service by CPU and memory, and for the evening
  palisade.ecs.ecs_service_scaling:
    region: eu-central-1
    cluster: shop-dev
    service: shop-dev
    min_count: 2
    max_count: 12
    cpu_target: 60
    memory_target: 75
    scheduled_actions:
      - {name: evening, schedule: "cron(0 18 * * ? *)", timezone: Europe/Berlin, min_count: 6}
      - {name: night, schedule: "cron(0 23 * * ? *)", timezone: Europe/Berlin, min_count: 2}

- name: Scale it by its requests alone
  palisade.ecs.ecs_service_scaling:
    region: eu-central-1
    cluster: shop-dev
    service: shop-dev
    min_count: 2
    max_count: 12
    requests_target: 1000
    load_balancer_arn: arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop-dev/0123456789abcdef
    target_group_arn: arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev/fedcba9876543210

- name: Scale it no more
  palisade.ecs.ecs_service_scaling:
    region: eu-central-1
    cluster: shop-dev
    service: shop-dev
    state: absent
"""

RETURN = r"""
resource_id:
  description: What Application Auto Scaling calls the service. Empty, as all the others, with O(state=absent).
  returned: success
  type: str
  sample: service/shop-dev/shop-dev
min_count:
  description: The fewest tasks after the task.
  returned: success
  type: int
  sample: 2
max_count:
  description: The most tasks after the task.
  returned: success
  type: int
  sample: 12
policies:
  description:
    - The policies after the task, each with C(name), C(metric), C(target), C(resource_label), C(scale_in_cooldown) and
      C(scale_out_cooldown).
  returned: success
  type: list
  elements: dict
scheduled_actions:
  description: The scheduled actions after the task, with the keys of O(scheduled_actions).
  returned: success
  type: list
  elements: dict
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_scaling_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_scaling_plan import described, plan, resource_id
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ACTION = {
    "name": {"type": "str", "required": True},
    "schedule": {"type": "str", "required": True},
    "timezone": {"type": "str", "default": "UTC"},
    "min_count": {"type": "int"},
    "max_count": {"type": "int"},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "cluster": {"type": "str", "required": True},
    "service": {"type": "str", "required": True},
    "min_count": {"type": "int"},
    "max_count": {"type": "int"},
    "cpu_target": {"type": "float", "default": 0.0},
    "memory_target": {"type": "float", "default": 0.0},
    "requests_target": {"type": "float", "default": 0.0},
    "load_balancer_arn": {"type": "str"},
    "target_group_arn": {"type": "str"},
    "scale_in_cooldown": {"type": "int", "default": 300},
    "scale_out_cooldown": {"type": "int", "default": 60},
    "scheduled_actions": {"type": "list", "elements": "dict", "options": ACTION, "default": []},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    whose = resource_id(module.params)
    found = (read(client, whose) for read in (api.targets_of, api.policies_of, api.actions_of))
    change = plan(described(*found), module.params)
    if change and not module.check_mode:
        api.apply(client, change)
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["min_count", "max_count"])],
        supports_check_mode=True,
    )
    finish(module, module.client("application-autoscaling"), run)


if __name__ == "__main__":
    main()
