#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a cluster of ECS for tasks on Fargate."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecs_cluster
author: Palisade contributors (!UNKNOWN)
short_description: Manage a cluster of ECS for tasks on Fargate
version_added: 0.1.0
description:
  - Creates, changes or removes a cluster with its Container Insights, the key of the storage of its tasks, its capacity
    providers, its default strategy and its tags.
  - M(community.aws.ecs_cluster) knows neither Container Insights nor keys nor tags, and compares strategies by their
    order. amazon.aws has no module for clusters.
  - A cluster that was deleted is listed as C(INACTIVE) for a while. It counts as none.
options:
  state:
    description:
      - With V(present) there is a cluster as the other options say.
      - With V(absent) there is none. Its services have to be gone.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The name of the cluster.
    type: str
    required: true
  container_insights:
    description:
      - What is measured. With V(enhanced) also each task and container.
      - AWS creates the log group C(/aws/ecs/containerinsights/<cluster>/performance), unless there is one, without a
        key of yours and to be kept for ever. So create it first.
    type: str
    choices: [enhanced, enabled, disabled]
    default: enhanced
  storage_key_arn:
    description:
      - The key that the ephemeral storage of tasks is encrypted with. Its policy has to let C(fargate.amazonaws.com)
        use it. A key of several regions or an alias is not possible.
      - Empty means a key of AWS's own.
      - A change concerns tasks that are started afterwards.
    type: str
    default: ""
  capacity_providers:
    description: What tasks run on.
    type: list
    elements: str
    default: [FARGATE, FARGATE_SPOT]
  default_strategy:
    description: How tasks and services that say nothing themselves are spread over the capacity providers.
    type: list
    elements: dict
    default: []
    suboptions:
      capacity_provider:
        description: One of O(capacity_providers).
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
  tags:
    description: The tags of the cluster.
    type: dict
    default: {}
  purge_tags:
    description: Whether other tags are removed.
    type: bool
    default: true
  wait_timeout:
    description: For how many seconds to wait until the cluster can be used.
    type: int
    default: 120
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the cluster before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Create a cluster whose tasks run on Spot, but for two
  palisade.ecs.ecs_cluster:
    region: eu-central-1
    name: shop-dev
    default_strategy:
      - {capacity_provider: FARGATE, base: 2, weight: 1}
      - {capacity_provider: FARGATE_SPOT, weight: 3}
    tags:
      Application: shop

- name: Measure less
  palisade.ecs.ecs_cluster:
    region: eu-central-1
    name: shop-dev
    container_insights: enabled

- name: Remove it
  palisade.ecs.ecs_cluster:
    region: eu-central-1
    name: shop-dev
    state: absent
"""

RETURN = r"""
name:
  description: The name of the cluster. Empty, as all the others, with O(state=absent).
  returned: success
  type: str
  sample: shop-dev
cluster_arn:
  description: The ARN of the cluster. Empty in check mode for a new one.
  returned: success
  type: str
  sample: arn:aws:ecs:eu-central-1:123456789012:cluster/shop-dev
container_insights:
  description: What is measured.
  returned: success
  type: str
  sample: enhanced
storage_key_arn:
  description: The key that the ephemeral storage of tasks is encrypted with. Empty for one of AWS's own.
  returned: success
  type: str
capacity_providers:
  description: What tasks run on.
  returned: success
  type: list
  elements: str
  sample: [FARGATE, FARGATE_SPOT]
default_strategy:
  description: How tasks are spread over the capacity providers, with the keys of O(default_strategy).
  returned: success
  type: list
  elements: dict
tags:
  description: The tags of the cluster after the task.
  returned: success
  type: dict
  sample:
    Application: shop
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_cluster_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_cluster_apply import apply
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_cluster_plan import plan
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

STRATEGY = {
    "capacity_provider": {"type": "str", "required": True},
    "weight": {"type": "int", "default": 1},
    "base": {"type": "int", "default": 0},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "container_insights": {"type": "str", "choices": ["enhanced", "enabled", "disabled"], "default": "enhanced"},
    "storage_key_arn": {"type": "str", "default": "", "no_log": False},
    "capacity_providers": {"type": "list", "elements": "str", "default": ["FARGATE", "FARGATE_SPOT"]},
    "default_strategy": {"type": "list", "elements": "dict", "options": STRATEGY, "default": []},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 120},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    change = plan(api.find(client, params["name"]), params)
    if change and not module.check_mode:
        change = apply(client, change, params["wait_timeout"])
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("ecs"), run)


if __name__ == "__main__":
    main()
