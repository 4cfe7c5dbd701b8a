# SPDX-License-Identifier: GPL-3.0-or-later
"""Scalable targets as AWS answers them."""

from __future__ import annotations

from typing import Any

from moto.applicationautoscaling.models import ApplicationAutoscalingBackend


def apply() -> None:
    """Install the patches."""
    _delete_policies_with_their_target(ApplicationAutoscalingBackend)


def _delete_policies_with_their_target(backend_class: Any) -> None:
    """AWS: a target that is deregistered takes its policies, their alarms and its actions along. moto: leaves them.

    https://docs.aws.amazon.com/autoscaling/application/APIReference/API_DeregisterScalableTarget.html
    """
    original = backend_class.deregister_scalable_target

    def deregister_scalable_target(backend: Any, namespace: str, r_id: str, dimension: str) -> None:
        for policy in [one for one in backend.policies.values() if one.resource_id == r_id]:
            if policy.scalable_dimension == dimension:
                backend.delete_scaling_policy(policy.policy_name, namespace, r_id, dimension)
        for action in [one for one in backend.scheduled_actions if one.resource_id == r_id]:
            if action.scalable_dimension == dimension:
                backend.scheduled_actions.remove(action)
        original(backend, namespace, r_id, dimension)

    backend_class.deregister_scalable_target = deregister_scalable_target
