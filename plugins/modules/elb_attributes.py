#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage attributes of a load balancer or a target group."""

from __future__ import annotations

DOCUMENTATION = r"""
module: elb_attributes
author: Palisade contributors (!UNKNOWN)
short_description: Manage attributes of a load balancer or a target group
version_added: 0.1.0
description:
  - Sets attributes of a load balancer or a target group, and fails unless they are so afterwards. Others stay as they
    are.
  - M(amazon.aws.elb_application_lb) may leave attributes of a new load balancer as AWS makes them, and knows a part of
    them. M(community.aws.elb_target_group) has no check mode, and no slow start.
options:
  arn:
    description: The load balancer or the target group. In check mode it need not exist.
    type: str
    required: true
  attributes:
    description:
      - The attributes, by the names that Elastic Load Balancing gives them.
      - Truth values and numbers are taken as well as text.
    type: dict
    required: true
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the attributes before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Refuse malformed requests
  palisade.ecs.elb_attributes:
    region: eu-central-1
    arn: arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop-dev/0123456789abcdef
    attributes:
      routing.http.desync_mitigation_mode: strictest
      routing.http.drop_invalid_header_fields.enabled: true

- name: Let requests of a target that leaves end within half a minute
  palisade.ecs.elb_attributes:
    region: eu-central-1
    arn: arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev/fedcba9876543210
    attributes:
      deregistration_delay.timeout_seconds: 30
"""

RETURN = r"""
attributes:
  description: The attributes that were asked for, as they are after the task.
  returned: success
  type: dict
  sample:
    deregistration_delay.timeout_seconds: "30"
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _elb_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._elb_attributes_plan import plan, refused
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

ARGUMENT_SPEC: dict[str, Any] = {
    "arn": {"type": "str", "required": True},
    "attributes": {"type": "dict", "required": True},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    arn = module.params["arn"]
    found = api.attributes_of(client, arn)
    if found is None and not module.check_mode:
        raise PlanError(f"There is no {arn}.")
    change = plan(found or {}, module.params["attributes"])
    if change and not module.check_mode:
        problems = refused(change.to_set, api.set_attributes(client, arn, change.to_set))
        if problems:
            raise PlanError(f"AWS took attributes of {arn} and did not set them: {'; '.join(problems)}.")
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("elbv2"), run)


if __name__ == "__main__":
    main()
