# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to Application Auto Scaling about tables, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import ScalingErrorHandler

NAMESPACE = {"ServiceNamespace": "dynamodb"}
BUSY = ["ConcurrentUpdateException"]


def targets_of(client: Any, table: str) -> list[dict[str, Any]]:
    """Return the scalable targets of a table and its indexes. Raises AnsibleAWSError."""
    return _list(client, table, "describe_scalable_targets", "ScalableTargets")


def policies_of(client: Any, table: str) -> list[dict[str, Any]]:
    """Return the scaling policies of a table and its indexes. Raises AnsibleAWSError."""
    return _list(client, table, "describe_scaling_policies", "ScalingPolicies")


def _list(client: Any, table: str, operation: str, key: str) -> list[dict[str, Any]]:
    @ScalingErrorHandler.common_error_handler(f"list the scaling of table {table}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.get_paginator(operation).paginate(**NAMESPACE).build_full_result().get(key, [])

    own = f"table/{table}"
    return [one for one in attempt() if one["ResourceId"] == own or one["ResourceId"].startswith(f"{own}/index/")]


def call(client: Any, what: str, operation: str, **arguments: Any) -> None:
    """Call an operation that changes something. Raises AnsibleAWSError."""

    @ScalingErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        getattr(client, operation)(**NAMESPACE, **arguments)

    attempt()


def deregister(client: Any, what: str, **arguments: Any) -> None:
    """Deregister a target with its policies; that it is gone already is no failure. Raises AnsibleAWSError."""

    @ScalingErrorHandler.deletion_error_handler(what)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        client.deregister_scalable_target(**NAMESPACE, **arguments)

    attempt()
