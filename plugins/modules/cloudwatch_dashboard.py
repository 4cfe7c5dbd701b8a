#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a dashboard of CloudWatch."""

from __future__ import annotations

DOCUMENTATION = r"""
module: cloudwatch_dashboard
author: Palisade contributors (!UNKNOWN)
short_description: Manage a dashboard of CloudWatch
version_added: 0.1.0
description:
  - Creates, changes or removes a dashboard.
  - Neither amazon.aws nor community.aws has a module for dashboards.
  - Names of dashboards are those of all regions of an account.
options:
  state:
    description: Whether there is the dashboard.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The name of the dashboard, letters, digits, V(-) and V(_).
    type: str
    required: true
  body:
    description:
      - What it shows, as CloudWatch describes it. Another order of keys, or other white space, is no change.
      - Required with O(state=present).
      - See U(https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/CloudWatch-Dashboard-Body-Structure.html).
    type: dict
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the dashboard before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Show the requests of the site
  palisade.ecs.cloudwatch_dashboard:
    region: eu-central-1
    name: shop-dev
    body:
      widgets:
        - type: metric
          width: 12
          height: 6
          properties:
            title: Requests
            region: eu-central-1
            stat: Sum
            metrics:
              - [AWS/ApplicationELB, RequestCount, LoadBalancer, app/shop-dev/0123456789abcdef]

- name: Show nothing any more
  palisade.ecs.cloudwatch_dashboard:
    region: eu-central-1
    name: shop-dev
    state: absent
"""

RETURN = r"""
name:
  description: The name of the dashboard.
  returned: success
  type: str
  sample: shop-dev
widgets:
  description: How many widgets it has after the task, 0 without a dashboard. In check mode, would have.
  returned: success
  type: int
  sample: 1
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _cloudwatch_dashboard_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._cloudwatch_dashboard_plan import plan
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "body": {"type": "dict"},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    change = plan(api.body_of(client, module.params["name"]), module.params)
    if change and not module.check_mode:
        for warning in api.apply(client, change):
            module.warn(warning)
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["body"])],
        supports_check_mode=True,
    )
    finish(module, module.client("cloudwatch"), run)


if __name__ == "__main__":
    main()
