# SPDX-License-Identifier: GPL-3.0-or-later
"""Backups of DynamoDB tables as AWS answers them."""

from __future__ import annotations

from typing import Any

from moto.dynamodb.models import DynamoDBBackend
from moto.dynamodb.models.table import Backup


def apply() -> None:
    """Install the patches."""
    _tell_what_the_table_had(Backup)
    _back_up_deleted_tables(DynamoDBBackend)


def _tell_what_the_table_had(backup_class: Any) -> None:
    """AWS: a backup tells with which key it is encrypted. moto: tells it at another place.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_SourceTableFeatureDetails.html
    """
    original = backup_class.description.fget

    def description(backup: Any) -> Any:
        told = original(backup)
        encryption = told["SourceTableDetails"].get("SSEDescription")
        return {**told, "SourceTableFeatureDetails": {"SSEDescription": encryption} if encryption else {}}

    backup_class.description = property(description)


def _back_up_deleted_tables(backend_class: Any) -> None:
    """AWS: a table with recovery to a point in time leaves a backup of 35 days when it is deleted. moto: nothing.

    https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/PointInTimeRecovery_Howitworks.html
    """
    original = backend_class.delete_table

    def delete_table(backend: Any, name: str) -> Any:
        table = original(backend, name)
        recovery = table.continuous_backups["PointInTimeRecoveryDescription"]
        if recovery["PointInTimeRecoveryStatus"] == "ENABLED":
            backup = Backup(
                backend.account_id, backend.region_name, f"{name}$DeletedTableBackup", table, type_="SYSTEM"
            )
            backend.backups[backup.arn] = backup
        return table

    backend_class.delete_table = delete_table
