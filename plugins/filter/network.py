# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of the role network: the border between Ansible and the pure functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.palisade.ecs.plugins.plugin_utils import _network_facts as facts
from ansible_collections.palisade.ecs.plugins.plugin_utils._network import plan_network
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_endpoints import (
    surplus_endpoints,
    wanted_endpoints,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._network_problem import NetworkProblem


def _reporting(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except NetworkProblem as problem:
            raise AnsibleFilterError(str(problem)) from None  # Ansible would print the cause a second time

    return call


class FilterModule:
    """Offer the filters to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "nat_gateway_plan": facts.nat_gateway_plan,
            "network_endpoints": _reporting(wanted_endpoints),
            "network_outputs": facts.network_outputs,
            "network_plan": _reporting(plan_network),
            "private_route_table_ids": facts.private_route_table_ids,
            "route_table_plan": facts.route_table_plan,
            "subnet_ids": facts.subnet_ids,
            "surplus_endpoints": surplus_endpoints,
        }
