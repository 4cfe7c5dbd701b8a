# SPDX-License-Identifier: GPL-3.0-or-later
"""An account in which modules run within the test's own process: as a playbook would, only faster."""

from __future__ import annotations

import json
from typing import Any

import boto3
import pytest
from ansible.module_utils import _internal
from ansible.module_utils.common import warnings
from ansible.module_utils.testing import patch_module_args
from botocore.client import BaseClient

REGION = "eu-central-1"
CREDENTIALS = {"aws_access_key_id": "anybody", "aws_secret_access_key": "not-a-secret"}
READS = ("Describe", "Get", "List")
Json = dict[str, Any]


CONNECTION = {"region": REGION, "access_key": "anybody", "secret_key": "not-a-secret"}
# A module's process has no display; in this one, tests of lookups and callbacks may have made it known.
NO_DISPLAY = (_internal, "is_controller", False)


def run_module(module: Any, capsys: pytest.CaptureFixture[str], arguments: Json) -> Json:
    """Return the result of a module that runs in this process, that of a failure as well."""
    # A module's process ends with it, and with that what it warned of.
    for warned in (warnings._global_warnings, warnings._global_deprecations):
        warned.clear()
    with patch_module_args(arguments), pytest.raises(SystemExit):
        module.main()
    result: Json = json.loads(capsys.readouterr().out)
    result.pop("invocation", None)
    return result


class AwsAccount:
    """Runs modules, and knows what they wrote."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self._writes: list[str] = []
        original: Any = BaseClient._make_api_call

        def call(client: Any, operation: str, arguments: Json) -> Any:
            if not operation.startswith(READS):
                self._writes.append(operation)
            return original(client, operation, arguments)

        monkeypatch.setattr(BaseClient, "_make_api_call", call)
        monkeypatch.setattr(*NO_DISPLAY)

    def client(self, service: str) -> Any:
        return boto3.client(service, region_name=REGION, **CREDENTIALS)

    def run(self, module: Any, dry: bool = False, **arguments: Any) -> Json:
        """Return the result of a module, that of a failure as well; a dry run shows the difference too."""
        modes = {"_ansible_check_mode": dry, "_ansible_diff": dry}
        return run_module(module, self._capsys, {**CONNECTION, **modes, **arguments})

    def written(self) -> list[str]:
        """Return the operations that wrote something since the last time."""
        writes, self._writes[:] = list(self._writes), []
        return writes
