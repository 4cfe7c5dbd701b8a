# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to Application Auto Scaling about a service of ECS, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import ScalingErrorHandler
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_scaling_plan import DIMENSION, Change

BUSY = ["ConcurrentUpdateException"]


def _of(resource_id: str) -> dict[str, str]:
    return {"ServiceNamespace": "ecs", "ResourceId": resource_id, "ScalableDimension": DIMENSION}


def targets_of(client: Any, resource_id: str) -> list[dict[str, Any]]:
    """Return the scalable target of a service, if there is one. Raises AnsibleAWSError."""
    asked: dict[str, Any] = {**_of(resource_id), "ResourceIds": [resource_id]}
    del asked["ResourceId"]
    return _list(client, "describe_scalable_targets", "ScalableTargets", asked)


def policies_of(client: Any, resource_id: str) -> list[dict[str, Any]]:
    """Return the scaling policies of a service. Raises AnsibleAWSError."""
    return _list(client, "describe_scaling_policies", "ScalingPolicies", _of(resource_id))


def actions_of(client: Any, resource_id: str) -> list[dict[str, Any]]:
    """Return the scheduled actions of a service. Raises AnsibleAWSError."""
    return _list(client, "describe_scheduled_actions", "ScheduledActions", _of(resource_id))


def _list(client: Any, operation: str, key: str, asked: dict[str, Any]) -> list[dict[str, Any]]:
    @ScalingErrorHandler.common_error_handler(f"list {key} of a service")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.get_paginator(operation).paginate(**asked).build_full_result().get(key, [])

    return list(attempt())


def call(client: Any, resource_id: str, what: str, operation: str, **arguments: Any) -> None:
    """Call an operation that changes something. Raises AnsibleAWSError."""

    @ScalingErrorHandler.common_error_handler(f"{what} of {resource_id}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        getattr(client, operation)(**_of(resource_id), **arguments)

    attempt()


def remove(client: Any, resource_id: str, what: str, operation: str, **arguments: Any) -> None:
    """Call an operation that removes something; that it is gone already is no failure. Raises AnsibleAWSError."""

    @ScalingErrorHandler.deletion_error_handler(f"{what} of {resource_id}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        getattr(client, operation)(**_of(resource_id), **arguments)

    attempt()


def apply(client: Any, change: Change) -> None:
    """Write what differs: limits first, because nothing scales without them."""
    before, after = change.before, change.after
    if not after.resource_id:
        # Policies with their alarms and scheduled actions go with their target.
        remove(client, before.resource_id, "end the scaling", "deregister_scalable_target")
        return
    whose = after.resource_id
    if not before.resource_id or before.limits != after.limits:
        call(client, whose, "set the limits", "register_scalable_target", **after.limits)
    for policy in change.new("policies"):
        call(client, whose, f"put policy {policy.name}", "put_scaling_policy", **policy.request)
    for action in change.new("scheduled_actions"):
        call(client, whose, f"put scheduled action {action.name}", "put_scheduled_action", **action.request)
    for name in change.gone("policies"):
        remove(client, whose, f"delete policy {name}", "delete_scaling_policy", PolicyName=name)
    for name in change.gone("scheduled_actions"):
        remove(client, whose, f"delete scheduled action {name}", "delete_scheduled_action", ScheduledActionName=name)
