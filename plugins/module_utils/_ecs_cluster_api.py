# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to ECS about clusters, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory, custom_waiter_config
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import EcsErrorHandler

INCLUDED = ["CONFIGURATIONS", "SETTINGS", "TAGS"]
# Another change of the cluster is not through yet.
BUSY = ["ResourceInUseException", "UpdateInProgressException"]
LEAVING = ["ClusterContainsServicesException", "ClusterContainsTasksException", "UpdateInProgressException"]


class ClusterWaiterFactory(BaseWaiterFactory):
    """Makes the waiter for a cluster that is ready."""

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        def state(name: str, outcome: str) -> dict[str, str]:
            return {"state": outcome, "matcher": "pathAll", "argument": "clusters[].status", "expected": name}

        return {
            "cluster_active": {
                "operation": "DescribeClusters",
                "delay": 2,
                "maxAttempts": 60,
                "acceptors": [state("ACTIVE", "success"), state("FAILED", "failure")],
            }
        }


def find(client: Any, name: str) -> dict[str, Any] | None:
    """Return a cluster as ECS describes it, one that was deleted as well, or None. Raises AnsibleAWSError."""

    @EcsErrorHandler.common_error_handler(f"describe cluster {name}")
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.describe_clusters(clusters=[name], include=INCLUDED)["clusters"]

    return next((dict(one) for one in attempt()), None)


def call(client: Any, what: str, operation: str, **arguments: Any) -> dict[str, Any]:
    """Call an operation that changes a cluster. Raises AnsibleAWSError."""

    @EcsErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return dict(attempt())


def set_tags(client: Any, arn: str, to_set: Mapping[str, str], to_unset: Sequence[str]) -> None:
    """Set and unset tags. Raises AnsibleAWSError."""
    if to_unset:
        call(client, f"untag {arn}", "untag_resource", resourceArn=arn, tagKeys=list(to_unset))
    if to_set:
        listed = ansible_dict_to_boto3_tag_list(to_set, "key", "value")
        call(client, f"tag {arn}", "tag_resource", resourceArn=arn, tags=listed)


def delete(client: Any, name: str) -> None:
    """Delete a cluster, whose last service may be on its way out; that it is gone is no failure. AnsibleAWSError."""

    @EcsErrorHandler.deletion_error_handler(f"delete cluster {name}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=LEAVING)
    def attempt() -> None:
        client.delete_cluster(cluster=name)

    attempt()


def wait_until_active(client: Any, name: str, timeout: int) -> None:
    """Wait until a cluster can be used. Raises AnsibleAWSError when that fails or takes longer."""

    @EcsErrorHandler.common_error_handler(f"wait until cluster {name} is active")
    def attempt() -> None:
        config = custom_waiter_config(timeout, default_pause=2)
        ClusterWaiterFactory().get_waiter(client, "cluster_active").wait(clusters=[name], WaiterConfig=config)

    attempt()
