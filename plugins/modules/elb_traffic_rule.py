#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a listener rule between two target groups whose weights belong to deployments."""

from __future__ import annotations

DOCUMENTATION = r"""
module: elb_traffic_rule
author: Palisade contributors (!UNKNOWN)
short_description: Manage a listener rule whose weights belong to deployments
version_added: 0.1.0
description:
  - Makes a rule that forwards to two target groups, at first all to the first one. From then on the weights are those
    of whoever deploys, as ECS does, and are never touched.
  - M(amazon.aws.elb_application_lb) sets the weights of its rules each time, and so would move requests to where no
    task is.
options:
  load_balancer_arn:
    description: The load balancer. In check mode it need not exist.
    type: str
    required: true
  port:
    description: The port of its listener.
    type: int
    default: 443
  priority:
    description: The priority by which the rule is known, 1 to 50000.
    type: int
    required: true
  path:
    description: The path of the requests, which may hold C(*).
    type: str
    default: ""
  header:
    description: A header of the requests, by its name, and its value.
    type: dict
    default: {}
  target_group_arns:
    description: The two target groups, first the one that a new rule forwards to.
    type: list
    elements: str
    required: true
  tags:
    description: The tags of a new rule.
    type: dict
    default: {}
  state:
    description:
      - Whether there is to be a rule. One that leads requests to another group than the first is not removed, which is
        an error.
    type: str
    choices: [present, absent]
    default: present
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the rule before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Let deployments move all requests
  palisade.ecs.elb_traffic_rule:
    region: eu-central-1
    load_balancer_arn: arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop-dev/0123456789abcdef
    priority: 2
    path: /*
    target_group_arns: &groups
      - arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev/fedcba9876543210
      - arn:aws:elasticloadbalancing:eu-central-1:123456789012:targetgroup/shop-dev-2/0123456789abcdef

- name: Let new tasks be tried before
  palisade.ecs.elb_traffic_rule:
    region: eu-central-1
    load_balancer_arn: arn:aws:elasticloadbalancing:eu-central-1:123456789012:loadbalancer/app/shop-dev/0123456789abcdef
    priority: 1
    header:
      X-Test: green
    target_group_arns: *groups
"""

RETURN = r"""
rule:
  description:
    - The rule after the task, with C(rule_arn), which is empty in check mode for a new one, C(priority), C(path),
      C(header), and C(weights) by the ARN of the target group; all empty without a rule.
  returned: success
  type: dict
  sample: {"priority": 2, "path": "/*", "header": {}}
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _elb_traffic_rule_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._elb_traffic_rule_plan import described, plan
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

ARGUMENT_SPEC: dict[str, Any] = {
    "load_balancer_arn": {"type": "str", "required": True},
    "port": {"type": "int", "default": 443},
    "priority": {"type": "int", "required": True},
    "path": {"type": "str", "default": ""},
    "header": {"type": "dict", "default": {}},
    "target_group_arns": {"type": "list", "elements": "str", "required": True},
    "tags": {"type": "dict", "default": {}},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    listener = api.listener(client, params["load_balancer_arn"], params["port"])
    if not listener and params["state"] == "present" and not module.check_mode:
        raise PlanError(f"{params['load_balancer_arn']} has no listener on port {params['port']}.")
    found = api.rule(client, listener, params["priority"]) if listener else None
    change = plan(described(found), params)
    if change and not module.check_mode:
        change = api.apply(client, change, listener, params["tags"])
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("elbv2"), run)


if __name__ == "__main__":
    main()
