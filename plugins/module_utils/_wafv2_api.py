# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to AWS WAF, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as

BUSY = ["ThrottlingException", "WAFInternalErrorException", "WAFOptimisticLockException"]
# A web ACL or a load balancer that was made a moment ago. It may take longer than five minutes:
# https://github.com/hashicorp/terraform-provider-aws/issues/29080
NOT_YET = [*BUSY, "WAFUnavailableEntityException"]
# Jittered: each pause takes half of the longest on average, so about ten minutes in all.
PATIENCE = {"retries": 45, "delay": 4, "max_delay": 30}
WafErrorHandler = missing_as("WAFNonexistentItemException")


def get_logging(client: Any, web_acl_arn: str) -> Any:
    """Return the logging configuration of a web ACL, or None if it or the ACL is missing."""

    @WafErrorHandler.list_error_handler(f"get the logging configuration of {web_acl_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.get_logging_configuration(ResourceArn=web_acl_arn)["LoggingConfiguration"]

    return attempt()


def put_logging(client: Any, configuration: Mapping[str, Any]) -> None:
    """Set the whole logging configuration of a web ACL. Raises AnsibleAWSError."""

    @WafErrorHandler.common_error_handler(f"set the logging configuration of {configuration['ResourceArn']}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        client.put_logging_configuration(LoggingConfiguration=configuration)

    attempt()


def delete_logging(client: Any, web_acl_arn: str) -> None:
    """Delete the logging configuration of a web ACL; that it is gone already is no failure. Raises AnsibleAWSError."""

    @WafErrorHandler.deletion_error_handler(f"delete the logging configuration of {web_acl_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        client.delete_logging_configuration(ResourceArn=web_acl_arn)

    attempt()


def web_acl_of(client: Any, resource_arn: str) -> str:
    """Return the ARN of the web ACL of a resource; empty if it has none, or does not exist."""

    @WafErrorHandler.list_error_handler(f"get the web ACL of {resource_arn}", {})
    @AWSRetry.jittered_backoff(catch_extra_error_codes=NOT_YET, **PATIENCE)
    def attempt() -> Any:
        return client.get_web_acl_for_resource(ResourceArn=resource_arn).get("WebACL")

    return str((attempt() or {}).get("ARN", ""))


def associate(client: Any, web_acl_arn: str, resource_arn: str) -> None:
    """Give a resource a web ACL, in place of the one that it has. Raises AnsibleAWSError."""

    @WafErrorHandler.common_error_handler(f"associate {web_acl_arn} with {resource_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=NOT_YET, **PATIENCE)
    def attempt() -> None:
        client.associate_web_acl(WebACLArn=web_acl_arn, ResourceArn=resource_arn)

    attempt()


def disassociate(client: Any, resource_arn: str) -> None:
    """Take the web ACL of a resource away; that the resource is gone already is no failure. Raises AnsibleAWSError."""

    @WafErrorHandler.deletion_error_handler(f"disassociate the web ACL of {resource_arn}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        client.disassociate_web_acl(ResourceArn=resource_arn)

    attempt()
