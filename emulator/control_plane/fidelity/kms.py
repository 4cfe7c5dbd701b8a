# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS as AWS answers it."""

from __future__ import annotations

from typing import Any

from moto.kms.models import KmsBackend


def apply() -> None:
    """Install the patches."""
    _delete_by_arn(KmsBackend)


def _delete_by_arn(backend_class: Any) -> None:
    """AWS: ScheduleKeyDeletion takes a key id or an ARN. moto: an ARN is a KeyError, seen as HTTP 500."""
    original = backend_class.schedule_key_deletion

    def schedule_key_deletion(backend: Any, key_id: str, pending_window_in_days: int) -> Any:
        return original(backend, backend.any_id_to_key_id(key_id), pending_window_in_days)

    backend_class.schedule_key_deletion = schedule_key_deletion
