# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to DynamoDB about backups on demand, one function each."""

from __future__ import annotations

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.amazon.aws.plugins.module_utils.waiter import BaseWaiterFactory, custom_waiter_config

# https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_CreateBackup.html#API_CreateBackup_Errors
NOT_YET = ["BackupInUseException", "ContinuousBackupsUnavailableException", "TableInUseException"]


class BackupWaiterFactory(BaseWaiterFactory):
    """Makes the waiter that botocore lacks."""

    @property
    def _waiter_model_data(self) -> dict[str, Any]:
        status = {"matcher": "path", "argument": "BackupDescription.BackupDetails.BackupStatus"}
        return {
            "backup_available": {
                "operation": "DescribeBackup",
                "delay": 5,
                "maxAttempts": 120,
                "acceptors": [
                    {"state": "success", "expected": "AVAILABLE", **status},
                    {"state": "failure", "expected": "DELETED", **status},
                    # One that was made a moment ago may not be visible yet.
                    {"state": "retry", "matcher": "error", "expected": "BackupNotFoundException"},
                ],
            }
        }


def create_backup(client: Any, table_name: str, name: str) -> str:
    """Begin a backup and return its ARN; what is on its way is waited for. Raises AnsibleAWSError."""

    @AWSErrorHandler.common_error_handler(f"back up table {table_name}")
    @AWSRetry.jittered_backoff(retries=12, delay=2, max_delay=20, catch_extra_error_codes=NOT_YET)
    def attempt() -> Any:
        return client.create_backup(TableName=table_name, BackupName=name)

    return str(attempt()["BackupDetails"]["BackupArn"])


def wait_until_available(client: Any, arn: str, timeout: int) -> None:
    """Wait until a backup can be restored. Raises AnsibleAWSError when it takes longer, or when it is deleted."""

    @AWSErrorHandler.common_error_handler(f"wait until backup {arn} is available")
    def attempt() -> None:
        config = custom_waiter_config(timeout, default_pause=2)
        BackupWaiterFactory().get_waiter(client, "backup_available").wait(BackupArn=arn, WaiterConfig=config)

    attempt()
