# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to AWS Backup, one function each."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.errors import AWSErrorHandler
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

ROLE_NOT_YET = "RoleNotYetAssumable"


class BackupRetry(AWSRetry):
    """Tries again while a role that was made a moment ago cannot be assumed: IAM is eventually consistent.

    AWS Backup answers with InvalidParameterValueException, as it does for much else.
    """

    @staticmethod
    def status_code_from_exception(error: Any) -> str:
        """Return the code of an error, or one of our own for the error above."""
        if "cannot be assumed by AWS Backup" in error.response["Error"].get("Message", ""):
            return ROLE_NOT_YET
        return str(error.response["Error"]["Code"])


def find_vault(client: Any, name: str) -> dict[str, Any]:
    """Return a vault as it is listed; nothing if there is none. Raises AnsibleAWSError.

    DescribeBackupVault answers for a missing vault as for one that may not be seen.
    """
    vaults = _list(client, "list the backup vaults", "list_backup_vaults", "BackupVaultList")
    return next((one for one in vaults if one["BackupVaultName"] == name), {})


def find_plan(client: Any, name: str) -> dict[str, Any]:
    """Return a plan as GetBackupPlan does; nothing if there is none. Raises AnsibleAWSError."""
    plans = _list(client, "list the backup plans", "list_backup_plans", "BackupPlansList")
    plan_id = next((one["BackupPlanId"] for one in plans if one["BackupPlanName"] == name), None)
    return dict(call(client, f"get backup plan {name}", "get_backup_plan", BackupPlanId=plan_id)) if plan_id else {}


def selections_of(client: Any, plan_id: str, name: str) -> list[dict[str, Any]]:
    """Return the selections of a name as GetBackupSelection does. Raises AnsibleAWSError."""
    what = f"list the selections of backup plan {plan_id}"
    listed = _list(client, what, "list_backup_selections", "BackupSelectionsList", BackupPlanId=plan_id)
    ids = [one["SelectionId"] for one in listed if one["SelectionName"] == name]
    of_plan = {"BackupPlanId": plan_id}
    return [call(client, "get a selection", "get_backup_selection", **of_plan, SelectionId=one) for one in ids]


def tags_of(client: Any, arn: str) -> dict[str, str]:
    """Return the tags of a vault or a plan. Raises AnsibleAWSError."""
    return dict(call(client, f"list the tags of {arn}", "list_tags", ResourceArn=arn).get("Tags") or {})


def set_tags(client: Any, arn: str, to_set: Mapping[str, str], to_unset: Sequence[str]) -> None:
    """Set and unset tags of a vault or a plan. Raises AnsibleAWSError."""
    if to_unset:
        call(client, f"remove tags of {arn}", "untag_resource", ResourceArn=arn, TagKeyList=list(to_unset))
    if to_set:
        call(client, f"tag {arn}", "tag_resource", ResourceArn=arn, Tags=dict(to_set))


def create_selection(client: Any, plan_id: str, selection: Mapping[str, Any]) -> None:
    """Create a selection, waiting up to two minutes for its role. Raises AnsibleAWSError."""
    token = uuid.uuid4().hex

    @AWSErrorHandler.common_error_handler(f"create selection {selection['SelectionName']}")
    @BackupRetry.jittered_backoff(retries=12, delay=2, max_delay=15, catch_extra_error_codes=[ROLE_NOT_YET])
    def attempt() -> None:
        client.create_backup_selection(BackupPlanId=plan_id, BackupSelection=dict(selection), CreatorRequestId=token)

    attempt()


def call(client: Any, what: str, operation: str, **arguments: Any) -> Any:
    """Call an operation. Raises AnsibleAWSError."""

    @AWSErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return getattr(client, operation)(**arguments)

    return attempt()


def _list(client: Any, what: str, operation: str, key: str, **arguments: Any) -> list[dict[str, Any]]:
    @AWSErrorHandler.common_error_handler(what)
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.get_paginator(operation).paginate(**arguments).build_full_result().get(key, [])

    return list(attempt())
