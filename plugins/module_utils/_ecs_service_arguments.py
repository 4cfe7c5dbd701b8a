# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The arguments of the module ecs_service."""

from __future__ import annotations

from typing import Any

STAGES = [
    *("RECONCILE_SERVICE", "PRE_SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT"),
    *("PRE_PRODUCTION_TRAFFIC_SHIFT", "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT"),
]
STRATEGY: dict[str, Any] = {
    "capacity_provider": {"type": "str", "required": True},
    "weight": {"type": "int", "default": 1},
    "base": {"type": "int", "default": 0},
}
BALANCER: dict[str, Any] = {
    "target_group_arn": {"type": "str", "required": True},
    "container_name": {"type": "str", "required": True},
    "container_port": {"type": "int", "required": True},
    "alternate_target_group_arn": {"type": "str"},
    "production_rule_arn": {"type": "str"},
    "test_rule_arn": {"type": "str"},
    "role_arn": {"type": "str"},
}
HOOK: dict[str, Any] = {
    "target_arn": {"type": "str", "required": True},
    "role_arn": {"type": "str"},
    "stages": {"type": "list", "elements": "str", "required": True, "choices": STAGES},
}
ARGUMENT_SPEC: dict[str, Any] = {
    "cluster": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "task_definition": {"type": "str", "required": True},
    "seen_task_definition": {"type": "str"},
    "desired_count": {"type": "int", "default": 1},
    "capacity_provider_strategy": {"type": "list", "elements": "dict", "options": STRATEGY, "required": True},
    "platform_version": {"type": "str", "default": "LATEST"},
    "subnets": {"type": "list", "elements": "str", "required": True},
    "security_groups": {"type": "list", "elements": "str", "required": True},
    "public_ip_enabled": {"type": "bool", "default": False},
    "load_balancers": {"type": "list", "elements": "dict", "options": BALANCER, "default": []},
    "health_check_grace_period": {"type": "int", "default": 0},
    "minimum_healthy_percent": {"type": "int", "default": 100},
    "maximum_percent": {"type": "int", "default": 200},
    "circuit_breaker_enabled": {"type": "bool", "default": True},
    "deployment_strategy": {
        "type": "str",
        "choices": ["rolling", "blue_green", "canary", "linear"],
        "default": "rolling",
    },
    "bake_minutes": {"type": "int", "default": 10},
    "step_percent": {"type": "float", "default": 10.0},
    "step_bake_minutes": {"type": "int", "default": 10},
    "rollback_alarms": {"type": "list", "elements": "str", "default": []},
    "lifecycle_hooks": {"type": "list", "elements": "dict", "options": HOOK, "default": []},
    "zone_rebalancing_enabled": {"type": "bool", "default": True},
    "managed_tags_enabled": {"type": "bool", "default": True},
    "propagate_tags": {"type": "str", "choices": ["SERVICE", "TASK_DEFINITION", "NONE"], "default": "SERVICE"},
    "execute_command_enabled": {"type": "bool", "default": False},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}
