# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options of the module ecs_service about how it is deployed, and behind which load balancers."""

from __future__ import annotations


class ModuleDocFragment:
    """Documentation of options."""

    DOCUMENTATION = r"""
options:
  load_balancers:
    description: Where tasks are registered.
    type: list
    elements: dict
    default: []
    suboptions:
      target_group_arn:
        description: The target group, which a listener has to use.
        type: str
        required: true
      container_name:
        description: The container that is registered.
        type: str
        required: true
      container_port:
        description: Its port.
        type: int
        required: true
      alternate_target_group_arn:
        description:
          - The other target group of a pair between which deployments alternate. A rule of a listener has to use it.
          - Which of the two is used now is ECS's affair, and no change.
        type: str
      production_rule_arn:
        description: The rule of a listener whose weights ECS moves, from one group to the other.
        type: str
      test_rule_arn:
        description: The rule of a listener by which new tasks can be tried before.
        type: str
      role_arn:
        description: The role in which ECS changes the rules.
        type: str
  deployment_strategy:
    description:
      - V(rolling) replaces tasks in their target group. The others start all new tasks besides the earlier ones, in the
        other target group, and then move requests there, at once (V(blue_green)), first a part (V(canary)) or part by
        part (V(linear)); the earlier tasks stay for O(bake_minutes).
      - They need O(load_balancers[].alternate_target_group_arn), O(load_balancers[].production_rule_arn) and
        O(load_balancers[].role_arn).
    type: str
    choices: [rolling, blue_green, canary, linear]
    default: rolling
  bake_minutes:
    description: For how many minutes the earlier tasks stay after all requests were moved. Not for V(rolling).
    type: int
    default: 10
  step_percent:
    description: How many percent of the requests V(canary) moves first, from 0.1 on, or V(linear) at a time, from 3 on.
    type: float
    default: 10.0
  step_bake_minutes:
    description: For how many minutes V(canary) and V(linear) wait then.
    type: int
    default: 10
  rollback_alarms:
    description:
      - The names of alarms that end a deployment when they fire, and have it rolled back. One that fires already
        when it begins is not heeded.
    type: list
    elements: str
    default: []
  lifecycle_hooks:
    description: Lambda functions that decide whether a deployment goes on. Not for V(rolling).
    type: list
    elements: dict
    default: []
    suboptions:
      target_arn:
        description: The function.
        type: str
        required: true
      role_arn:
        description: The role in which ECS invokes it, which is needed.
        type: str
      stages:
        description: The stages at which it is asked.
        type: list
        elements: str
        required: true
        choices:
          - RECONCILE_SERVICE
          - PRE_SCALE_UP
          - POST_SCALE_UP
          - TEST_TRAFFIC_SHIFT
          - POST_TEST_TRAFFIC_SHIFT
          - PRE_PRODUCTION_TRAFFIC_SHIFT
          - PRODUCTION_TRAFFIC_SHIFT
          - POST_PRODUCTION_TRAFFIC_SHIFT
"""
