# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to DynamoDB about a table, one function each."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.tagging import boto3_tag_list_to_ansible_dict
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory, custom_waiter_config
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import missing_as

# Something else is on its way, or the table was made a moment ago.
NOT_YET = ["ResourceInUseException", "ContinuousBackupsUnavailableException", "TableNotFoundException"]
# Nothing of the table is on its way: neither the table itself, nor an index, nor a switch of its key.
SETTLED = (
    "Table.TableStatus == 'ACTIVE'"
    " && length(not_null(Table.GlobalSecondaryIndexes, `[]`)[?IndexStatus != 'ACTIVE']) == `0`"
    " && !contains(['ENABLING', 'DISABLING', 'UPDATING'], not_null(Table.SSEDescription.Status, 'ENABLED'))"
)
RESTORED = f"{SETTLED} && Table.RestoreSummary.RestoreInProgress == `false`"
# A restore whose key cannot be used any more does not come to an end by itself.
# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/Restore.Tutorial.html
FAILED = "starts_with(Table.TableStatus, 'INACCESSIBLE') || starts_with(Table.TableStatus, 'ARCHIV')"
DynamoErrorHandler = missing_as("ResourceNotFoundException", "TableNotFoundException", "PolicyNotFoundException")


class DynamoWaiterFactory(BaseWaiterFactory):
    """Makes the waiters that botocore lacks: its own looks at the table only, and not at its indexes and its key."""

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        common = {"operation": "DescribeTable", "delay": 5, "maxAttempts": 120}
        missing = {"matcher": "error", "expected": "ResourceNotFoundException"}
        settled = {"state": "success", "matcher": "path", "argument": SETTLED, "expected": True}
        failed = {"state": "failure", "matcher": "path", "argument": FAILED, "expected": True}
        # A table that was just made may not be visible yet.
        return {
            "table_settled": {**common, "acceptors": [settled, {"state": "retry", **missing}]},
            "table_restored": {
                **common,
                "acceptors": [{**settled, "argument": RESTORED}, failed, {"state": "retry", **missing}],
            },
            "table_gone": {**common, "acceptors": [{"state": "success", **missing}]},
        }


def describe_table(client: Any, name: str) -> dict[str, Any]:
    """Return a table as DescribeTable does; nothing if there is none. Raises AnsibleAWSError."""
    return dict(_read(client, f"describe table {name}", "describe_table", TableName=name).get("Table", {}))


def time_to_live_of(client: Any, name: str) -> dict[str, Any]:
    """Return the time to live of a table. Raises AnsibleAWSError."""
    answer = _read(client, f"describe the time to live of table {name}", "describe_time_to_live", TableName=name)
    return dict(answer.get("TimeToLiveDescription", {}))


def recovery_of(client: Any, name: str) -> dict[str, Any]:
    """Return the continuous backups of a table. Raises AnsibleAWSError."""
    what = f"describe the continuous backups of table {name}"
    return dict(
        _read(client, what, "describe_continuous_backups", TableName=name).get("ContinuousBackupsDescription", {})
    )


def insights_of(client: Any, name: str) -> dict[str, Any]:
    """Return the contributor insights of a table. Raises AnsibleAWSError."""
    what = f"describe the contributor insights of table {name}"
    return _read(client, what, "describe_contributor_insights", TableName=name)


def policy_of(client: Any, table_arn: str) -> str:
    """Return the policy of a table, empty if it has none. Raises AnsibleAWSError."""
    answer = _read(client, f"get the policy of table {table_arn}", "get_resource_policy", ResourceArn=table_arn)
    return str(answer.get("Policy", ""))


def tags_of(client: Any, table_arn: str) -> dict[str, str]:
    """Return the tags of a table. Raises AnsibleAWSError."""

    @DynamoErrorHandler.list_error_handler(f"list the tags of table {table_arn}", [])
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        pages = client.get_paginator("list_tags_of_resource").paginate(ResourceArn=table_arn)
        return pages.build_full_result()["Tags"]

    return dict(boto3_tag_list_to_ansible_dict(attempt()))


def _read(client: Any, what: str, operation: str, **arguments: Any) -> dict[str, Any]:
    @DynamoErrorHandler.list_error_handler(what, {})
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return dict(attempt())


def write(client: Any, what: str, operation: str, arguments: Mapping[str, Any]) -> Any:
    """Call an operation that changes a table; what else is on its way is waited for. Raises AnsibleAWSError."""
    # A table that exists already is answered with one of these, too.
    not_yet = [] if operation == "create_table" else NOT_YET

    @DynamoErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff(retries=12, delay=2, max_delay=20, catch_extra_error_codes=not_yet)
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return attempt()


def restore_table(client: Any, what: str, arguments: Mapping[str, Any]) -> bool:
    """Begin to restore a table; false if there is one of the name already. Raises AnsibleAWSError."""

    @DynamoErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff(retries=12, delay=2, max_delay=20, catch_extra_error_codes=["LimitExceededException"])
    def attempt() -> bool:
        try:
            client.restore_table_to_point_in_time(**arguments)
        except is_boto3_error_code(["TableAlreadyExistsException", "TableInUseException"]):
            return False
        return True

    return bool(attempt())


def wait_until_restored(client: Any, name: str, timeout: int) -> None:
    """Wait until a table is restored. Raises AnsibleAWSError when it takes longer, or never will be."""
    _wait(client, "table_restored", f"wait until table {name} is restored", name, timeout)


def wait_until_settled(client: Any, name: str, timeout: int) -> None:
    """Wait until nothing of a table is on its way. Raises AnsibleAWSError when it takes longer."""
    _wait(client, "table_settled", f"wait until nothing of table {name} is changing", name, timeout)


def wait_until_gone(client: Any, name: str, timeout: int) -> None:
    """Wait until a table is deleted. Raises AnsibleAWSError when it takes longer."""
    _wait(client, "table_gone", f"wait until table {name} is deleted", name, timeout)


def _wait(client: Any, waiter: str, what: str, name: str, timeout: int) -> None:
    @DynamoErrorHandler.common_error_handler(what)
    def attempt() -> None:
        config = custom_waiter_config(timeout, default_pause=2)
        DynamoWaiterFactory().get_waiter(client, waiter).wait(TableName=name, WaiterConfig=config)

    attempt()
