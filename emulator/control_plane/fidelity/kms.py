# SPDX-License-Identifier: GPL-3.0-or-later
"""KMS as AWS answers it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import JsonRESTError
from moto.kms.models import KmsBackend

PENDING = "PendingDeletion"
# The calls that change the state of a key, and whether they are for a key that is to be deleted.
# https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
FOR_PENDING = {"schedule_key_deletion": False, "cancel_key_deletion": True, "enable_key": False, "disable_key": False}


def apply() -> None:
    """Install the patches."""
    for name, for_pending in FOR_PENDING.items():
        setattr(KmsBackend, name, _as_on_aws(getattr(KmsBackend, name), for_pending=for_pending))


def _as_on_aws(original: Callable[..., Any], *, for_pending: bool) -> Callable[..., Any]:
    """AWS takes a key id or an ARN, and refuses a state. moto: an ARN is a KeyError (HTTP 500), any state will do."""

    def call(backend: Any, key_id: str, *arguments: Any, **named: Any) -> Any:
        found = backend.any_id_to_key_id(key_id)
        key = backend.keys[found]
        if (key.key_state == PENDING) is not for_pending:
            raise JsonRESTError("KMSInvalidStateException", _message(key))
        return original(backend, found, *arguments, **named)

    return call


def _message(key: Any) -> str:
    state = "is pending deletion" if key.key_state == PENDING else f"is not pending deletion, but {key.key_state}"
    return f"{key.arn} {state}."
