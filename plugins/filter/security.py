# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of the role security: the border between Ansible and the pure functions."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from ansible.errors import AnsibleFilterError
from ansible_collections.palisade.ecs.plugins.plugin_utils._certificates import acm_problems, pem_problems
from ansible_collections.palisade.ecs.plugins.plugin_utils._endpoint_policies import (
    PolicyProblem,
    compile_policies,
    with_statements,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._permissions_boundary import (
    beyond_boundary,
    permissions_boundary,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._security_facts import (
    edge_outputs,
    key_arns,
    security_outputs,
)
from ansible_collections.palisade.ecs.plugins.plugin_utils._task_egress import EgressProblem, task_egress


def _reporting(function: Callable[..., Any]) -> Callable[..., Any]:
    @wraps(function)
    def call(*arguments: Any, **options: Any) -> Any:
        try:
            return function(*arguments, **options)
        except (EgressProblem, PolicyProblem) as problem:
            raise AnsibleFilterError(str(problem)) from None  # Ansible would print the cause a second time

    return call


class FilterModule:
    """Offer the filters to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {
            "acm_problems": acm_problems,
            "beyond_boundary": beyond_boundary,
            "edge_outputs": edge_outputs,
            "endpoint_policies": _reporting(compile_policies),
            "key_arns": key_arns,
            "pem_problems": pem_problems,
            "permissions_boundary": _reporting(permissions_boundary),
            "security_outputs": security_outputs,
            "task_egress": _reporting(task_egress),
            "with_statements": _reporting(with_statements),
        }
