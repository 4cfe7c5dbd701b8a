# SPDX-License-Identifier: GPL-3.0-or-later
"""The values of a container's secrets."""

from __future__ import annotations

import json

from moto.core.exceptions import JsonRESTError
from moto.secretsmanager.models import secretsmanager_backends
from moto.ssm.models import ssm_backends

from emulator.scheduler.execution_role import ExecutionRole
from emulator.scheduler.pull import StartError
from emulator.settings import ACCOUNT_ID, REGION


def secret_value(value_from: str, role: ExecutionRole) -> str:
    """Return what `valueFrom` names: a secret of Secrets Manager or a parameter of Systems Manager."""
    try:
        if ":secretsmanager:" in value_from:
            role.read_secret(":".join(value_from.split(":")[:7]))
            return _secret(value_from)
        role.read_parameter(value_from)
        return _parameter(value_from)
    except (KeyError, ValueError) as error:
        raise _unable(value_from, f"unexpected content: {error}") from error


def _secret(arn: str) -> str:
    """Read `arn:...:secret:name[:json key[:version stage[:version id]]]`."""
    parts = [*arn.split(":"), "", "", ""]
    key, stage, version = parts[7], parts[8], parts[9]
    try:
        found = secretsmanager_backends[ACCOUNT_ID][REGION].get_secret_value(
            secret_id=":".join(parts[:7]), version_id=version, version_stage=stage
        )
    except JsonRESTError as error:
        raise _unable(arn, str(error)) from error
    text: str = found["SecretString"]
    return str(json.loads(text)[key]) if key else text


def _parameter(name: str) -> str:
    """Read a parameter by name or ARN, decrypted."""
    found = ssm_backends[ACCOUNT_ID][REGION].get_parameter(name)
    if found is None:
        raise _unable(name, "invalid ssm parameters")
    return str(found.response_object(decrypt=True, region=REGION)["Value"])


def _unable(name: str, why: str) -> StartError:
    return StartError(f"ResourceInitializationError: unable to pull secrets or registry auth: {name}: {why}")
