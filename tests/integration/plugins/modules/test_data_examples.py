# SPDX-License-Identifier: GPL-3.0-or-later
"""The examples of the modules for a stack's data run as they are written, and results are as documented."""

from __future__ import annotations

import json
from typing import Any

import pytest
import yaml
from ansible_collections.palisade.ecs.plugins.doc_fragments.dynamodb_table import ModuleDocFragment
from ansible_collections.palisade.ecs.plugins.modules import (
    backup_plan,
    backup_vault,
    dynamodb_table,
    dynamodb_table_restore,
    dynamodb_table_scaling,
    ecs_task_run,
)

from tests.integration.plugins.modules.aws_account import AwsAccount
from tests.integration.plugins.modules.test_backup import TRUST
from tests.integration.plugins.modules.test_security_examples import name_of, told

FRAGMENTS = {dynamodb_table: ModuleDocFragment.DOCUMENTATION}
CHANGED = {
    backup_plan: [True, True, True],
    backup_vault: [True, True, True],
    dynamodb_table: [True, True, True, True],
    dynamodb_table_scaling: [True, True],
}
KEY = "arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678"


@pytest.mark.parametrize("module", CHANGED, ids=name_of)
def test_examples_run_and_return_what_is_documented(
    aws: AwsAccount, monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    monkeypatch.setattr("time.sleep", lambda seconds: None)
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    aws.client("iam").create_role(RoleName="shop-dev-backup", AssumeRolePolicyDocument=json.dumps(TRUST))
    documented = set(yaml.safe_load(module.RETURN))
    changed = []
    for task in yaml.safe_load(module.EXAMPLES.replace(KEY, key)):
        arguments = task[f"palisade.ecs.{name_of(module)}"]
        for dry in (True, False):
            result = aws.run(module, dry=dry, **arguments)
            assert "failed" not in result, result
            assert set(result) - {"changed", "diff"} == documented
        changed.append(result["changed"])
    assert changed == CHANGED[module]


@pytest.mark.parametrize("module", [*CHANGED, dynamodb_table_restore, ecs_task_run], ids=name_of)
def test_arguments_are_documented_as_they_are(module: Any) -> None:
    texts = (module.DOCUMENTATION, FRAGMENTS.get(module, "options: {}"))
    options = {name: option for text in texts for name, option in yaml.safe_load(text)["options"].items()}
    assert told(options, "suboptions") == told(module.ARGUMENT_SPEC, "options")
