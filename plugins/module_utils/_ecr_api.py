# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to ECR about a repository, one function each."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
    compare_aws_tags,
)
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as
from ansible_collections.palisade.ecs.plugins.module_utils._ecr_repository_plan import Change

BUSY = ["ThrottlingException", "TooManyRequestsException"]
EcrErrorHandler = missing_as("LifecyclePolicyNotFoundException", "RepositoryNotFoundException")


def find(client: Any, name: str) -> dict[str, Any] | None:
    """Return a repository as ECR describes it, or None. Raises AnsibleAWSError."""

    @EcrErrorHandler.list_error_handler(f"describe repository {name}", [])
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.describe_repositories(repositoryNames=[name])["repositories"]

    return next((dict(one) for one in attempt()), None)


def lifecycle_policy_of(client: Any, name: str) -> str:
    """Return the lifecycle policy of a repository, or nothing. Raises AnsibleAWSError."""

    @EcrErrorHandler.list_error_handler(f"get the lifecycle policy of repository {name}", "")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.get_lifecycle_policy(repositoryName=name)["lifecyclePolicyText"]

    return str(attempt())


def tags_of(client: Any, arn: str) -> dict[str, str]:
    """Return the tags of a repository. Raises AnsibleAWSError."""
    tags = call(client, f"list the tags of {arn}", "list_tags_for_resource", resourceArn=arn)["tags"]
    return dict(boto3_tag_list_to_ansible_dict(tags))


def call(client: Any, what: str, operation: str, **arguments: Any) -> dict[str, Any]:
    """Call an operation. Raises AnsibleAWSError."""

    @EcrErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return dict(attempt())


def apply(client: Any, change: Change) -> Change:
    """Write what differs, and return the change with what came of it."""
    name, after = change.after.name, change.after
    if not change.before.name:
        made = call(client, f"create repository {name}", "create_repository", **after.creation)["repository"]
        after = replace(after, repository_arn=made["repositoryArn"], repository_uri=made["repositoryUri"])
        change = replace(change, after=after)
    else:
        _update(client, change)
    if change.differs("lifecycle_policy"):
        _set_lifecycle_policy(client, name, change)
    return change


def _update(client: Any, change: Change) -> None:
    before, after = change.before, change.after
    which = {"repositoryName": after.name}
    if change.differs("immutable_tags"):
        what = f"set whether tags of repository {after.name} can be moved"
        call(client, what, "put_image_tag_mutability", **which, imageTagMutability=after.mutability)
    if change.differs("scan_on_push"):
        what = f"set whether images of repository {after.name} are scanned"
        scanning = {"scanOnPush": after.scan_on_push}
        call(client, what, "put_image_scanning_configuration", **which, imageScanningConfiguration=scanning)
    arn = before.repository_arn
    to_set, to_unset = compare_aws_tags(before.tags, after.tags)
    if to_unset:
        call(client, f"untag repository {after.name}", "untag_resource", resourceArn=arn, tagKeys=to_unset)
    if to_set:
        listed = ansible_dict_to_boto3_tag_list(to_set)
        call(client, f"tag repository {after.name}", "tag_resource", resourceArn=arn, tags=listed)


def _set_lifecycle_policy(client: Any, name: str, change: Change) -> None:
    if not change.after.lifecycle_policy:
        call(client, f"delete the lifecycle policy of {name}", "delete_lifecycle_policy", repositoryName=name)
        return
    text = json.dumps(change.after.lifecycle_policy, separators=(",", ":"))
    what = f"put the lifecycle policy of repository {name}"
    call(client, what, "put_lifecycle_policy", repositoryName=name, lifecyclePolicyText=text)
