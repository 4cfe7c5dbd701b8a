# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to ECS about a service, one function each."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list, compare_aws_tags
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_cluster_api as cluster_api
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import EcsErrorHandler
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_service_plan import Change


def find(client: Any, cluster: str, name: str) -> dict[str, Any] | None:
    """Return a service as ECS describes it, one that was deleted as well, or None. Raises AnsibleAWSError."""

    @EcsErrorHandler.list_error_handler(f"describe service {name}", [])
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.describe_services(cluster=cluster, services=[name], include=["TAGS"])["services"]

    return next((dict(one) for one in attempt()), None)


def apply(client: Any, change: Change, cluster: str, token: str) -> Change:
    """Write what differs, and return the change with the ARN that came of it."""
    before, after = change.before, change.after
    if not before.name:
        return _create(client, change, cluster, token)
    if change.fields:
        what = f"update service {after.name}"
        cluster_api.call(client, what, "update_service", cluster=cluster, service=after.name, **change.update)
    cluster_api.set_tags(client, before.service_arn, *compare_aws_tags(before.tags, after.tags))
    return change


def _create(client: Any, change: Change, cluster: str, token: str) -> Change:
    after = change.after
    asked = {key: value for part in after.request().values() for key, value in part.items()}
    tags = {"tags": ansible_dict_to_boto3_tag_list(after.tags, "key", "value")} if after.tags else {}
    made = cluster_api.call(
        client,
        f"create service {after.name}",
        "create_service",
        cluster=cluster,
        serviceName=after.name,
        desiredCount=after.desired_count,
        schedulingStrategy="REPLICA",
        clientToken=token,
        **asked,
        **tags,
    )
    return replace(change, after=replace(after, service_arn=made["service"]["serviceArn"]))
