# SPDX-License-Identifier: GPL-3.0-or-later
"""The backups in vaults of AWS Backup, as AWS answers them."""

from __future__ import annotations

import json
import uuid
from typing import Any
from urllib.parse import unquote

from moto.backup import urls
from moto.backup.models import BackupBackend
from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.core.utils import unix_time
from moto.dynamodb.models import dynamodb_backends

from emulator.control_plane.fidelity.error import AwsError


def apply() -> None:
    """Install the patches."""
    _make_recovery_points(BackupResponse)
    _keep_vaults_with_recovery_points(BackupBackend)


def _make_recovery_points(response_class: Any) -> None:
    """AWS: a job puts a recovery point into a vault. moto: knows neither. Here it is complete at once.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_StartBackupJob.html
    """

    def start_backup_job(response: Any) -> Any:
        asked = json.loads(response.body)
        vault = _vault(response.backup_backend, asked["BackupVaultName"])
        table = _table(response.backup_backend, asked["ResourceArn"])
        identifier = f"{int(unix_time() * 1000):014}-{uuid.uuid4().hex[:8]}"
        point = {
            # That of a table is the ARN of a backup of DynamoDB.
            "RecoveryPointArn": f"{table.table_arn}/backup/{identifier}",
            "BackupVaultName": vault.backup_vault_name,
            "ResourceArn": table.table_arn,
            "ResourceType": "DynamoDB",
            "IamRoleArn": asked["IamRoleArn"],
            "Status": "COMPLETED",
            "EncryptionKeyArn": (table.sse_specification or {}).get("KMSMasterKeyId", ""),
        }
        vault.palisade_points = {**_points(vault), point["RecoveryPointArn"]: point}
        vault.num_of_recovery_points = len(_points(vault))
        return ActionResult({"BackupJobId": str(uuid.uuid4()), "RecoveryPointArn": point["RecoveryPointArn"]})

    def list_recovery_points_by_backup_vault(response: Any) -> Any:
        vault = _vault(response.backup_backend, response.path.split("/")[2])
        return ActionResult({"RecoveryPoints": list(_points(vault).values())})

    def delete_recovery_point(response: Any) -> Any:
        _, _, name, _, arn = unquote(response.path).split("/", 4)
        vault = _vault(response.backup_backend, name)
        if arn not in _points(vault):
            raise AwsError("ResourceNotFoundException", f"Recovery point {arn} does not exist")
        vault.palisade_points = {key: point for key, point in _points(vault).items() if key != arn}
        vault.num_of_recovery_points = len(_points(vault))
        return EmptyResult()

    response_class.delete_recovery_point = delete_recovery_point
    response_class.start_backup_job = start_backup_job
    response_class.list_recovery_points_by_backup_vault = list_recovery_points_by_backup_vault
    dispatch = urls.response.dispatch
    urls.url_paths["{0}/backup-jobs$"] = dispatch
    urls.url_paths["{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/$"] = dispatch
    urls.url_paths["{0}/backup-vaults/(?P<name>[^/]+)/recovery-points/(?P<arn>.+)$"] = dispatch


def _vault(backend: Any, name: str) -> Any:
    if name not in backend.vaults:
        raise AwsError("ResourceNotFoundException", f"Backup vault {name} does not exist")
    return backend.vaults[name]


def _table(backend: Any, arn: str) -> Any:
    tables = dynamodb_backends[backend.account_id][backend.region_name].tables.values()
    found = next((table for table in tables if table.table_arn == arn), None)
    if found is None:
        raise AwsError("ResourceNotFoundException", f"{arn} does not exist")
    return found


def _points(vault: Any) -> dict[str, Any]:
    return dict(getattr(vault, "palisade_points", {}))


def _keep_vaults_with_recovery_points(backend_class: Any) -> None:
    """AWS: deletes no vault that has recovery points. moto: does.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_DeleteBackupVault.html
    """
    original = backend_class.delete_backup_vault

    def delete_backup_vault(backend: Any, backup_vault_name: str) -> None:
        if _points(_vault(backend, backup_vault_name)):
            message = "Backup vault cannot be deleted because it contains recovery points."
            raise AwsError("InvalidRequestException", message)
        original(backend, backup_vault_name)

    backend_class.delete_backup_vault = delete_backup_vault
