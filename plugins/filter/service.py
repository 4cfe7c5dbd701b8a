# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of the role ecs_service."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils import _service_facts as facts
from ansible_collections.palisade.ecs.plugins.plugin_utils._deployment_budget import deployment_budget
from ansible_collections.palisade.ecs.plugins.plugin_utils._deployment_strategy import (
    deployment_strategy_problems,
    shift_minutes,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._fargate import fargate_memory
from ansible_collections.palisade.ecs.plugins.plugin_utils._scheduled_scaling import scheduled_scaling_problems
from ansible_collections.palisade.ecs.plugins.plugin_utils._scratch import scratch_volumes
from ansible_collections.palisade.ecs.plugins.plugin_utils._service_alarms import service_alarms
from ansible_collections.palisade.ecs.plugins.plugin_utils._service_dashboard import service_dashboard


class FilterModule:
    """Offer the filters to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "active_service": facts.active_service,
            "deployment_budget": deployment_budget,
            "deployment_strategy_problems": deployment_strategy_problems,
            "fargate_memory": fargate_memory,
            "published_image": facts.published_image,
            "running_image": facts.running_image,
            "scheduled_scaling_problems": scheduled_scaling_problems,
            "scratch_volumes": scratch_volumes,
            "service_alarms": service_alarms,
            "service_dashboard": service_dashboard,
            "shift_minutes": shift_minutes,
            "target_group_arns": facts.target_group_arns,
        }
