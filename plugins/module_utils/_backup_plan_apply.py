# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write what differs of a plan of AWS Backup."""

from __future__ import annotations

import uuid
from dataclasses import replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags
from ansible_collections.palisade.ecs.plugins.module_utils import _backup_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._backup_plan_plan import Change, Plan, document, selection


def apply(client: Any, change: Change) -> Change:
    """Write the plan before what it selects, and return the change with the ids that came of it."""
    before, after = change.before, change.after
    plan_id = {"BackupPlanId": before.backup_plan_id}
    for one in change.surplus:
        what = f"delete selection {one} of backup plan {before.name}"
        api.call(client, what, "delete_backup_selection", **plan_id, SelectionId=one)
    if not after.name:
        # AWS deletes no plan that selects something.
        api.call(client, f"delete backup plan {before.name}", "delete_backup_plan", **plan_id)
        return change
    if not before.name:
        after = _create(client, after)
    else:
        if change.new_rule:
            what = f"update backup plan {after.name}"
            api.call(client, what, "update_backup_plan", **plan_id, BackupPlan=document(after))
        api.set_tags(client, before.backup_plan_arn, *compare_aws_tags(before.tags, after.tags))
    if change.new_selection:
        api.create_selection(client, after.backup_plan_id, selection(after))
    return replace(change, after=after)


def _create(client: Any, after: Plan) -> Plan:
    made = api.call(
        client,
        f"create backup plan {after.name}",
        "create_backup_plan",
        BackupPlan=document(after),
        BackupPlanTags=dict(after.tags),
        CreatorRequestId=uuid.uuid4().hex,
    )
    return replace(after, backup_plan_id=made["BackupPlanId"], backup_plan_arn=made["BackupPlanArn"])
