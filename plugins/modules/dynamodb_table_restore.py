#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Restore a DynamoDB table to a point in time, into a new table."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dynamodb_table_restore
author: Palisade contributors (!UNKNOWN)
short_description: Restore a DynamoDB table to a point in time, into a new table
version_added: 0.1.0
description:
  - Restores the items that a table had in a second of its recovery period into a new table, and waits until that one
    can be used. The table itself stays as it is.
  - Neither amazon.aws nor community.aws restores tables.
  - A table that was restored from the same one is left as it is, and waited for if the restore is on its way, so that a
    run that was cut short is taken up by the next one. Any other table of the name is a failure.
  - A missing source, a recovery that is off and a time that cannot be restored are refused before anything is changed,
    in check mode, too.
  - Keys, indexes, billing mode, capacity and encryption are those that the source has at the time of the task. The new
    table has no time to live, stream, tags, recovery to a point in time, deletion protection, resource policy,
    contributor insights, scaling and alarms. M(palisade.ecs.dynamodb_table) sets them.
options:
  source_name:
    description: The name of the table to restore from, of the same account and region.
    type: str
    required: true
  name:
    description: The name of the new table.
    type: str
    required: true
  restore_time:
    description:
      - The second to restore to, in UTC as in ISO 8601, for example V(2026-01-31T23:59:59Z).
      - With V(latest) the last that can be restored. That is about five minutes ago, and what was written since is not
        in the new table. An existing restore of any second is taken for it.
    type: str
    required: true
  kms_key_arn:
    description:
      - The ARN of the key that encrypts the new table. Without one it is encrypted as the source is.
      - It is for a new table. That of an existing one is for M(palisade.ecs.dynamodb_table) to switch.
    type: str
    default: ""
  wait_timeout:
    description:
      - For how many seconds the restore is waited for at most.
      - When it takes longer, AWS goes on by itself, and the next run waits again.
    type: int
    default: 14400
notes:
  - Who restores needs C(dynamodb:RestoreTableToPointInTime) on the source and C(dynamodb:BatchWriteItem),
    C(dynamodb:DeleteItem), C(dynamodb:GetItem), C(dynamodb:PutItem), C(dynamodb:Query), C(dynamodb:Scan) and
    C(dynamodb:UpdateItem) on the new table, and has to keep them until the restore is done.
  - Conditions on where requests come from (C(aws:SourceIp), C(aws:SourceVpce)) have to let those through that DynamoDB
    makes itself, which C(aws:ViaAWSService) tells apart. Otherwise AWS cancels the restore.
attributes:
  check_mode:
    description: Can run in check mode and report what it would restore, without restoring it.
    support: full
  diff_mode:
    description: Shows what the new table is restored from, and to which time.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Restore the table to what it was before a mistake
  palisade.ecs.dynamodb_table_restore:
    region: eu-central-1
    source_name: shop-dev
    name: shop-dev.1
    restore_time: "2026-01-31T23:59:59Z"

- name: Restore as much as can be restored, under another key
  palisade.ecs.dynamodb_table_restore:
    region: eu-central-1
    source_name: shop-dev
    name: shop-dev.2
    restore_time: latest
    kms_key_arn: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
"""

RETURN = r"""
table_arn:
  description: The ARN of the new table, in check mode the one that it would have.
  returned: success
  type: str
  sample: arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev.1
restore_time:
  description:
    - The second that the new table was really restored to.
    - In check mode with V(latest) the last one at that time.
  returned: success
  type: str
  sample: "2026-01-31T23:59:59Z"
restored_from:
  description: The ARN of the table that it was restored from.
  returned: success
  type: str
  sample: arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev
earliest_restorable_time:
  description:
    - The first second that the source could be restored to when the task began.
    - Empty if an existing restore was found whose source is gone, or cannot be restored any more.
  returned: success
  type: str
  sample: "2026-01-01T08:00:01Z"
latest_restorable_time:
  description: The last second that the source could be restored to when the task began, empty as the earliest is.
  returned: success
  type: str
  sample: "2026-02-01T00:10:00Z"
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _dynamodb_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_restore_plan import (
    Restore,
    check_arguments,
    plan_restore,
    restored,
)
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_checks import check_usable
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ARGUMENT_SPEC: dict[str, Any] = {
    "source_name": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "restore_time": {"type": "str", "required": True},
    "kms_key_arn": {"type": "str", "default": "", "no_log": False},
    "wait_timeout": {"type": "int", "default": 14400},
}


def read(client: Any, params: dict[str, Any]) -> Restore:
    """Return the restore that is wanted, as AWS is now. Raises PlanError and AnsibleAWSError."""
    source, name = params["source_name"], params["name"]
    target = api.describe_table(client, name)
    if target.get("TableStatus") == "DELETING":
        target = {}
    check_usable(name, target.get("TableStatus", ""))
    return plan_restore(params, api.describe_table(client, source), api.recovery_of(client, source), target)


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, restore unless in check mode, and wait."""
    params = module.params
    check_arguments(params)
    plan = read(client, params)
    if not module.check_mode:
        plan = apply(client, plan, params)
    return plan.as_result(diff=module._diff)


def apply(client: Any, plan: Restore, params: dict[str, Any]) -> Restore:
    """Restore unless it is done, wait, and return what AWS says of it. Raises PlanError and AnsibleAWSError."""
    name, timeout = params["name"], params["wait_timeout"]
    if plan:
        if api.describe_table(client, name):
            api.wait_until_gone(client, name, timeout)
        if not api.restore_table(client, f"restore table {params['source_name']} to {name}", plan.arguments):
            # Somebody else was faster, or an answer was lost: raises unless what is there is what is wanted.
            read(client, params)
    api.wait_until_restored(client, name, timeout)
    return restored(plan, api.describe_table(client, name))


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("dynamodb"), run)


if __name__ == "__main__":
    main()
