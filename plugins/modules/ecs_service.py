#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a service of ECS on Fargate."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_service
author: Palisade contributors (!UNKNOWN)
short_description: Manage a service of ECS on Fargate
version_added: 0.1.0
description:
  - Creates a service, or changes what differs of it, and nothing else. The number of tasks is that of autoscaling as
    soon as there is a service.
  - M(community.aws.ecs_service) cannot change tags, capacity providers or what is propagated of a service that there
    is, does not see that its network or its deployment configuration differ, knows neither rebalancing nor managed
    tags, and sets the number of tasks each time.
  - It does not wait for the deployment that a change may begin. M(palisade.ecs.ecs_service_removal) removes a service.
options:
  cluster:
    description: The name of the cluster. In check mode it need not exist.
    type: str
    required: true
  name:
    description: The name of the service.
    type: str
    required: true
  task_definition:
    description: What the tasks run, as family and revision.
    type: str
    required: true
  seen_task_definition:
    description:
      - What the service ran when O(task_definition) was decided on. If it runs something else by now, after a rollback,
        O(task_definition) is not deployed, which is an error. Without it nothing is asked.
    type: str
  desired_count:
    description: How many tasks a new service begins with.
    type: int
    default: 1
  capacity_provider_strategy:
    description:
      - How the tasks are spread over capacity providers of the cluster.
      - Another strategy, or one in place of a launch type, replaces all tasks.
    type: list
    elements: dict
    required: true
    suboptions:
      capacity_provider:
        description: The capacity provider.
        type: str
        required: true
      weight:
        description: Its share of the tasks beyond all bases, as a part of the sum of all weights.
        type: int
        default: 1
      base:
        description: The fewest tasks that run on it. Only one may have a base.
        type: int
        default: 0
  platform_version:
    description: The version of Fargate.
    type: str
    default: LATEST
  subnets:
    description: The ids of the subnets of the tasks.
    type: list
    elements: str
    required: true
  security_groups:
    description: The ids of the security groups of the tasks.
    type: list
    elements: str
    required: true
  public_ip_enabled:
    description: Whether tasks get public addresses.
    type: bool
    default: false
  health_check_grace_period:
    description: For how many seconds a new task may be unhealthy at the load balancer.
    type: int
    default: 0
  minimum_healthy_percent:
    description: How many of the tasks a deployment leaves healthy, in percent.
    type: int
    default: 100
  maximum_percent:
    description: How many tasks there are at most during a deployment, in percent.
    type: int
    default: 200
  circuit_breaker_enabled:
    description:
      - Whether a deployment whose tasks do not become healthy is rolled back. It works with
        O(deployment_strategy=rolling) only, and is refused with any other.
    type: bool
    default: true
  zone_rebalancing_enabled:
    description: Whether tasks are moved when the zones have not as many each.
    type: bool
    default: true
  managed_tags_enabled:
    description: Whether tasks are tagged with the names of their cluster and service.
    type: bool
    default: true
  propagate_tags:
    description: Whose tags tasks get.
    type: str
    choices: [SERVICE, TASK_DEFINITION, NONE]
    default: SERVICE
  execute_command_enabled:
    description: Whether commands can be run in containers by ECS Exec.
    type: bool
    default: false
  tags:
    description: The tags of the service.
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
    description: Shows the service before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
  - palisade.ecs.ecs_strategy
"""

EXAMPLES = r"""
- name: Create a service, two of whose tasks never run on Spot
  palisade.ecs.ecs_service: &service
    region: eu-central-1
    cluster: shop-dev
    name: shop-dev
    task_definition: shop-dev:1
    desired_count: 2
    capacity_provider_strategy:
      - {capacity_provider: FARGATE, base: 2, weight: 1}
      - {capacity_provider: FARGATE_SPOT, weight: 3}
    subnets: [subnet-0a1b2c3d4e5f67890]
    security_groups: [sg-0a1b2c3d4e5f67890]
    tags:
      Application: shop

- name: Keep the zones as they are
  palisade.ecs.ecs_service:
    <<: *service
    zone_rebalancing_enabled: false

- name: Have deployments try new tasks with every tenth request for ten minutes
  palisade.ecs.ecs_service:
    <<: *service
    load_balancers:
      - target_group_arn: "{{ balancing }}:targetgroup/shop-dev/fedcba9876543210"
        alternate_target_group_arn: "{{ balancing }}:targetgroup/shop-dev-2/0123456789abcdef"
        production_rule_arn: "{{ balancing }}:listener-rule/app/shop-dev/0a1b2c3d4e5f6789/0123456789abcdef/f1"
        role_arn: arn:aws:iam::123456789012:role/shop-dev-eu-central-1-infrastructure
        container_name: app
        container_port: 8443
    deployment_strategy: canary
    circuit_breaker_enabled: false
    rollback_alarms: [shop-dev-service-errors]
  vars:
    balancing: arn:aws:elasticloadbalancing:eu-central-1:123456789012
"""

RETURN = r"""
service:
  description:
    - The service after the task, with C(service_arn), which is empty in check mode for a new one, C(desired_count),
      C(tags), and what it was asked to be, by the names of the options.
  returned: success
  type: dict
  sample: {"name": "shop-dev", "task_definition": "shop-dev:1", "desired_count": 2}
deploys:
  description: Whether the change begins a deployment, which starts or replaces tasks.
  returned: success
  type: bool
  sample: true
"""

import uuid
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_service_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_service_arguments import ARGUMENT_SPEC
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_service_plan import described, plan
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    change = plan(described(api.find(client, params["cluster"], params["name"])), params)
    if change and not module.check_mode:
        # One token for all attempts: a service is never made twice.
        change = api.apply(client, change, params["cluster"], uuid.uuid4().hex)
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("ecs"), run)


if __name__ == "__main__":
    main()
