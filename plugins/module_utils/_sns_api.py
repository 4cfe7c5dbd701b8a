# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to SNS about topics, one function each."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import (
    ansible_dict_to_boto3_tag_list,
    boto3_tag_list_to_ansible_dict,
)
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as

BUSY = ["ThrottledException", "ThrottlingException", "ConcurrentAccess"]
# A topic that was made a moment ago.
NOT_YET = [*BUSY, "NotFound", "ResourceNotFound"]
SnsErrorHandler = missing_as("NotFound", "NotFoundException", "ResourceNotFound")


def attributes_of(client: Any, topic_arn: str) -> Any:
    """Return the attributes of a topic, or None if there is none. Raises AnsibleAWSError."""

    @SnsErrorHandler.list_error_handler(f"get the attributes of topic {topic_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.get_topic_attributes(TopicArn=topic_arn)["Attributes"]

    return attempt()


def tags_of_topic(client: Any, topic_arn: str) -> dict[str, str]:
    """Return the tags of a topic; none if it is missing. Raises AnsibleAWSError."""

    @SnsErrorHandler.list_error_handler(f"list the tags of topic {topic_arn}", [])
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.list_tags_for_resource(ResourceArn=topic_arn)["Tags"]

    return dict(boto3_tag_list_to_ansible_dict(attempt()))


def create_topic(client: Any, name: str, attributes: Mapping[str, str], tags: Mapping[str, str]) -> str:
    """Create a topic with its attributes, so that it is never without, and return its ARN. Raises AnsibleAWSError."""

    @SnsErrorHandler.common_error_handler(f"create topic {name}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        listed = ansible_dict_to_boto3_tag_list(dict(tags))
        return client.create_topic(Name=name, Attributes=dict(attributes), Tags=listed)["TopicArn"]

    return str(attempt())


def set_attribute(client: Any, topic_arn: str, name: str, value: str) -> None:
    """Set an attribute of a topic. Raises AnsibleAWSError."""

    @SnsErrorHandler.common_error_handler(f"set {name} of topic {topic_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        client.set_topic_attributes(TopicArn=topic_arn, AttributeName=name, AttributeValue=value)

    attempt()


def set_tags(client: Any, topic_arn: str, to_set: Mapping[str, str], to_unset: Sequence[str]) -> None:
    """Set and unset tags of a topic. Raises AnsibleAWSError."""

    @SnsErrorHandler.common_error_handler(f"tag topic {topic_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=NOT_YET)
    def attempt() -> None:
        if to_unset:
            client.untag_resource(ResourceArn=topic_arn, TagKeys=list(to_unset))
        if to_set:
            client.tag_resource(ResourceArn=topic_arn, Tags=ansible_dict_to_boto3_tag_list(dict(to_set)))

    attempt()


def delete_topic(client: Any, topic_arn: str) -> None:
    """Delete a topic with its subscriptions; that it is gone already is no failure. Raises AnsibleAWSError."""

    @SnsErrorHandler.deletion_error_handler(f"delete topic {topic_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        client.delete_topic(TopicArn=topic_arn)

    attempt()
