# SPDX-License-Identifier: GPL-3.0-or-later
"""What the moto of LocalStack lacks that the embedded AWS's has: it is a few months older."""

from __future__ import annotations

from typing import Any

from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.core.responses import EmptyResult


def apply() -> None:
    """Install what is missing; what is there stays."""
    _delete_vaults(BackupBackend, BackupResponse)


def _delete_vaults(backend_class: Any, response_class: Any) -> None:
    def delete_vault(backend: Any, backup_vault_name: str) -> None:
        backend.vaults.pop(backup_vault_name, None)

    def delete_backup_vault(response: Any) -> Any:
        response.backup_backend.delete_backup_vault(response.path.split("/")[-1])
        return EmptyResult()

    if not hasattr(backend_class, "delete_backup_vault"):
        backend_class.delete_backup_vault = delete_vault
        response_class.delete_backup_vault = delete_backup_vault
