#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage the autoscaling of a DynamoDB table and its indexes."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dynamodb_table_scaling
author: Palisade contributors (!UNKNOWN)
short_description: Manage the autoscaling of a DynamoDB table and its indexes
version_added: 0.1.0
description:
  - Has Application Auto Scaling keep the provisioned units of a table and its indexes at a utilization, between limits.
  - M(community.aws.application_autoscaling_policy) writes in check mode, changes no limits unless it is told to, and
    leaves the targets of indexes that are gone.
options:
  state:
    description:
      - With V(present) the table and the indexes are scaled as the other options say, and no other index is.
      - With V(absent) nothing of the table is scaled. Its units stay as they are.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The name of the table.
    type: str
    required: true
  indexes:
    description: The names of the global secondary indexes.
    type: list
    elements: str
    default: []
  min_read_capacity:
    description: The least units, of the table and of each index, required with O(state=present).
    type: int
  max_read_capacity:
    description: The most units, of the table and of each index, required with O(state=present).
    type: int
  min_write_capacity:
    description: The least units, of the table and of each index, required with O(state=present).
    type: int
  max_write_capacity:
    description: The most units, of the table and of each index, required with O(state=present).
    type: int
  target_utilization:
    description: How many percent of the units are used, in the long run.
    type: int
    default: 70
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the targets before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Scale a table and its index
  palisade.ecs.dynamodb_table_scaling:
    region: eu-central-1
    name: shop-dev
    indexes: [by-customer]
    min_read_capacity: 5
    max_read_capacity: 100
    min_write_capacity: 5
    max_write_capacity: 50

- name: Scale nothing
  palisade.ecs.dynamodb_table_scaling:
    region: eu-central-1
    name: shop-dev
    state: absent
"""

RETURN = r"""
targets:
  description: What is scaled after the task.
  returned: success
  type: list
  elements: dict
  contains:
    resource_id:
      description: The table or the index.
      type: str
      sample: table/shop-dev/index/by-customer
    scalable_dimension:
      description: The kind of units.
      type: str
      sample: dynamodb:index:ReadCapacityUnits
    min_capacity:
      description: The least units.
      type: int
      sample: 5
    max_capacity:
      description: The most units.
      type: int
      sample: 100
    target_utilization:
      description: How many percent of the units are used, in the long run.
      type: int
      sample: 70
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _dynamodb_scaling_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_scaling_plan import Change, described, wanted
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

LIMITS = ["min_read_capacity", "max_read_capacity", "min_write_capacity", "max_write_capacity"]
ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "indexes": {"type": "list", "elements": "str", "default": []},
    **{name: {"type": "int"} for name in LIMITS},
    "target_utilization": {"type": "int", "default": 70},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    name = module.params["name"]
    after = wanted(module.params)
    change = Change(described(api.targets_of(client, name), api.policies_of(client, name)), after)
    if change and not module.check_mode:
        apply(client, change)
    return change.as_result(diff=module._diff)


def apply(client: Any, change: Change) -> None:
    """Write what differs; a policy needs its target."""
    for target in change.gone:
        # Its policies and their alarms go with it.
        api.deregister(client, f"deregister {target.scalable_dimension} of {target.resource_id}", **target.key)
    for target in change.after:
        existing = change.existing(target)
        what = f"{target.scalable_dimension} of {target.resource_id}"
        if not existing or existing.limits != target.limits:
            api.call(client, f"register {what}", "register_scalable_target", **target.key, **target.limits)
        if not existing or existing.target_utilization != target.target_utilization:
            api.call(client, f"set the scaling policy for {what}", "put_scaling_policy", **target.key, **target.policy)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", LIMITS)],
        supports_check_mode=True,
    )
    finish(module, module.client("application-autoscaling"), run)


if __name__ == "__main__":
    main()
