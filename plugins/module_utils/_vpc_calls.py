# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What the modules for the parts of a VPC share: one way to call EC2, and tags."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
    compare_aws_tags,
)


@dataclass(frozen=True)
class TagChange:
    """What becomes of the tags of one resource; tags of AWS's own begin with aws: and stay."""

    resource_id: str
    set: Mapping[str, str]
    unset: Sequence[str]

    def __bool__(self) -> bool:
        return bool(self.set or self.unset)


def call(client: Any, what: str, operation: str, not_yet: Sequence[str] = (), **arguments: Any) -> Any:
    """Call an operation of EC2.

    The codes in not_yet are answered for a while when a resource was made a moment ago: EC2 is eventually consistent.
    Raises AnsibleAWSError, whose message begins with "Failed to" and what was done.
    """

    @AWSErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=list(not_yet))
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return attempt()


def list_all(client: Any, what: str, operation: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
    """Return every item of an operation that answers in pages."""

    @AWSErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.get_paginator(operation).paginate(**arguments).build_full_result()[key]

    items: list[dict[str, Any]] = attempt()
    return items


def wait(client: Any, what: str, waiter: str, timeout: int, **arguments: Any) -> None:
    """Wait for a state that a waiter of botocore knows; raises AnsibleAWSError when it takes longer."""

    @AWSErrorHandler.common_error_handler(what)
    def attempt() -> None:
        config = {"Delay": 5, "MaxAttempts": 1 + timeout // 5}
        client.get_waiter(waiter).wait(WaiterConfig=config, **arguments)

    attempt()


def tags_of(resource: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags of a described resource."""
    return dict(boto3_tag_list_to_ansible_dict(resource.get("Tags") or []))


def tag_change(resource_id: str, current: Mapping[str, str], wanted: Mapping[str, str], purge: bool) -> TagChange:
    """Return what has to become of the tags of a resource."""
    to_set, to_unset = compare_aws_tags(dict(current), dict(wanted), purge_tags=purge)
    return TagChange(resource_id, to_set, tuple(to_unset))


def apply_tags(client: Any, change: TagChange, not_yet: Sequence[str] = ()) -> None:
    """Set and unset tags."""
    what = f"tag {change.resource_id}"
    if change.unset:
        keys = [{"Key": key} for key in change.unset]
        call(client, what, "delete_tags", not_yet, Resources=[change.resource_id], Tags=keys)
    if change.set:
        tags = ansible_dict_to_boto3_tag_list(dict(change.set))
        call(client, what, "create_tags", not_yet, Resources=[change.resource_id], Tags=tags)


def tag_specifications(kind: str, tags: Mapping[str, str]) -> list[dict[str, Any]]:
    """Return the argument that tags a resource while it is made, so that none is ever found without an owner."""
    return [{"ResourceType": kind, "Tags": ansible_dict_to_boto3_tag_list(dict(tags))}] if tags else []
