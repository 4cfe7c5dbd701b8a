# SPDX-License-Identifier: GPL-3.0-or-later
"""AWS Backup as AWS answers it."""

from __future__ import annotations

import json
import uuid
from typing import Any

from moto.backup.models import BackupBackend, Plan
from moto.backup.responses import BackupResponse
from moto.core.responses import ActionResult, EmptyResult
from moto.iam.models import iam_backends
from moto.kms.models import kms_backends

from emulator.control_plane.fidelity.error import AwsError


def apply() -> None:
    """Install the patches."""
    _refuse_keys_that_are_missing(BackupBackend)
    _update_plans(BackupResponse)
    _have_selections(BackupResponse)
    _keep_plans_that_select(BackupBackend)
    _make_plans_again(BackupBackend)


def _refuse_keys_that_are_missing(backend_class: Any) -> None:
    """AWS: refuses a vault whose key does not exist. moto: takes any."""
    original = backend_class.create_backup_vault

    def create_backup_vault(backend: Any, encryption_key_arn: str, **asked: Any) -> Any:
        keys = kms_backends[backend.account_id][backend.region_name].keys
        if encryption_key_arn and encryption_key_arn.rpartition("/")[2] not in keys:
            raise _invalid(f"The specified KMS key {encryption_key_arn} does not exist")
        return original(backend, encryption_key_arn=encryption_key_arn, **asked)

    backend_class.create_backup_vault = create_backup_vault


def _invalid(message: str) -> AwsError:
    return AwsError("InvalidParameterValueException", message)


def _plan_of(response: Any) -> Any:
    """Return the plan that the path names, and what follows it there."""
    plan_id, _, rest = response.path.partition("/plans/")[2].partition("/")
    plan = response.backup_backend.plans.get(plan_id)
    if plan is None or plan.deletion_date is not None:
        raise AwsError("ResourceNotFoundException", "Cannot find Backup plan with provided id")
    return plan, rest.removeprefix("selections").strip("/")


def _update_plans(response_class: Any) -> None:
    """AWS: takes another document for a plan. moto: knows no such operation."""

    def update_backup_plan(response: Any) -> Any:
        plan, _ = _plan_of(response)
        asked = json.loads(response.body)["BackupPlan"]
        plan.backup_plan = Plan(asked, plan.creator_request_id, response.backup_backend).backup_plan
        return ActionResult({"BackupPlanId": plan.backup_plan_id, "BackupPlanArn": plan.backup_plan_arn})

    response_class.update_backup_plan = update_backup_plan


def _have_selections(response_class: Any) -> None:
    """AWS: a plan selects what it backs up, with a role that AWS Backup may assume. moto: knows no selections.

    https://docs.aws.amazon.com/aws-backup/latest/devguide/API_CreateBackupSelection.html
    """

    def create_backup_selection(response: Any) -> Any:
        plan, _ = _plan_of(response)
        asked = json.loads(response.body)["BackupSelection"]
        _check_role(response.backup_backend, asked["IamRoleArn"])
        made = {"SelectionId": str(uuid.uuid4()), "BackupPlanId": plan.backup_plan_id, "BackupSelection": asked}
        plan.palisade_selections = {**_selections(plan), made["SelectionId"]: made}
        return ActionResult(made)

    def list_backup_selections(response: Any) -> Any:
        plan, _ = _plan_of(response)
        return ActionResult(
            {
                "BackupSelectionsList": [
                    {**one, "SelectionName": one["BackupSelection"]["SelectionName"]}
                    for one in _selections(plan).values()
                ]
            }
        )

    def get_backup_selection(response: Any) -> Any:
        return ActionResult(_selection(response)[1])

    def delete_backup_selection(response: Any) -> Any:
        plan, found = _selection(response)
        del plan.palisade_selections[found["SelectionId"]]
        return EmptyResult()

    for operation in (create_backup_selection, list_backup_selections, get_backup_selection, delete_backup_selection):
        setattr(response_class, operation.__name__, operation)


def _selections(plan: Any) -> dict[str, Any]:
    return dict(getattr(plan, "palisade_selections", {}))


def _selection(response: Any) -> tuple[Any, Any]:
    plan, selection_id = _plan_of(response)
    if selection_id not in _selections(plan):
        raise AwsError("ResourceNotFoundException", "Cannot find selection with provided id")
    return plan, plan.palisade_selections[selection_id]


def _check_role(backend: Any, role_arn: str) -> None:
    roles = iam_backends[backend.account_id]["aws"].roles.values()
    trust = next((role.assume_role_policy_document for role in roles if role.arn == role_arn), "")
    if "backup.amazonaws.com" not in str(trust):
        raise _invalid(f"IAM Role {role_arn} cannot be assumed by AWS Backup")


def _keep_plans_that_select(backend_class: Any) -> None:
    """AWS: deletes no plan that selects something. moto: does."""
    original = backend_class.delete_backup_plan

    def delete_backup_plan(backend: Any, backup_plan_id: str) -> Any:
        if _selections(backend.plans.get(backup_plan_id)):
            message = "Related backup plan selections must be deleted prior to backup plan deletion"
            raise AwsError("InvalidRequestException", message)
        return original(backend, backup_plan_id)

    backend_class.delete_backup_plan = delete_backup_plan


def _make_plans_again(backend_class: Any) -> None:
    """AWS: makes a plan of the name of one that was deleted. moto: the deleted one is in the way."""
    original = backend_class.create_backup_plan

    def create_backup_plan(backend: Any, backup_plan: Any, **asked: Any) -> Any:
        backend.plans = {name: one for name, one in backend.plans.items() if one.deletion_date is None}
        return original(backend, backup_plan=backup_plan, **asked)

    backend_class.create_backup_plan = create_backup_plan
