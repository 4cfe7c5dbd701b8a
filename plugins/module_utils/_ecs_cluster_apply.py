# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write what differs about a cluster of ECS."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list, compare_aws_tags
from ansible_collections.palisade.ecs.plugins.module_utils import _ecs_cluster_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._ecs_cluster_plan import Change


def apply(client: Any, change: Change, timeout: int) -> Change:
    """Write what differs, and return the change with the ARN that came of it."""
    if not change.after.name:
        api.delete(client, change.before.name)
        return change
    if not change.before.name:
        change = create(client, change)
    else:
        update(client, change)
    api.wait_until_active(client, change.after.name, timeout)
    return change


def create(client: Any, change: Change) -> Change:
    """Create a cluster with all that it should have, and return the change with its ARN."""
    after = change.after
    made = api.call(
        client,
        f"create cluster {after.name}",
        "create_cluster",
        clusterName=after.name,
        settings=change.settings,
        **({"configuration": change.whole_configuration} if change.whole_configuration else {}),
        **change.capacity,
        **({"tags": ansible_dict_to_boto3_tag_list(after.tags, "key", "value")} if after.tags else {}),
    )
    return replace(change, after=replace(after, cluster_arn=made["cluster"]["clusterArn"]))


def update(client: Any, change: Change) -> None:
    """Write what differs about a cluster that there is."""
    before, after = change.before, change.after
    if change.differs("container_insights", "storage_key_arn"):
        asked: dict[str, Any] = {"settings": change.settings}
        if change.differs("storage_key_arn"):
            asked["configuration"] = change.whole_configuration
        api.call(client, f"update cluster {after.name}", "update_cluster", cluster=after.name, **asked)
    if change.differs("capacity_providers", "default_strategy"):
        what = f"set the capacity providers of cluster {after.name}"
        api.call(client, what, "put_cluster_capacity_providers", cluster=after.name, **change.capacity)
    api.set_tags(client, before.cluster_arn, *compare_aws_tags(before.tags, after.tags))
