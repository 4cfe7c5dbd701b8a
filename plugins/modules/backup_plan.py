#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a plan of AWS Backup with what it backs up."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_plan
author: Palisade contributors (!UNKNOWN)
short_description: Manage a plan of AWS Backup with what it backs up
version_added: 0.1.0
description:
  - Keeps a plan of one rule, and the resources to which it applies.
  - M(amazon.aws.backup_plan) reports a change of tags in every dry run. M(amazon.aws.backup_selection) fails in a dry
    run as long as its plan is missing, and does not wait for a role that was made a moment ago.
  - Resources that are named by their ARNs are backed up whatever the account has opted into.
options:
  state:
    description:
      - With V(present) the plan exists and is as the other options say.
      - With V(absent) there is none. Its backups stay.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The name of the plan, of its rule and of its selection.
    type: str
    required: true
  vault_name:
    description: The vault that keeps the backups, required with O(state=present).
    type: str
  schedule:
    description: When a backup begins, as a cron expression of AWS in UTC.
    type: str
    default: cron(0 5 ? * * *)
  delete_after_days:
    description: For how many days a backup is kept.
    type: int
    default: 35
  start_window_minutes:
    description: Within how many minutes a backup has to begin.
    type: int
    default: 480
  completion_window_minutes:
    description: Within how many minutes a backup has to be complete.
    type: int
    default: 10080
  role_arn:
    description: The role with which AWS Backup works, required with O(state=present).
    type: str
  resources:
    description: The ARNs of what is backed up, required with O(state=present).
    type: list
    elements: str
  tags:
    description: Tags of the plan.
    type: dict
    default: {}
  purge_tags:
    description: Remove tags that are not in O(tags).
    type: bool
    default: true
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the plan before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Back up the table every morning
  palisade.ecs.backup_plan: &plan
    region: eu-central-1
    name: shop-dev
    vault_name: shop-dev
    role_arn: arn:aws:iam::123456789012:role/shop-dev-backup
    resources: [arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev]

- name: Keep backups for a year
  palisade.ecs.backup_plan:
    <<: *plan
    delete_after_days: 365

- name: Remove it
  palisade.ecs.backup_plan:
    region: eu-central-1
    name: shop-dev
    state: absent
"""

RETURN = r"""
name:
  description: The name of the plan. Empty, as all the others, with O(state=absent).
  returned: success
  type: str
  sample: shop-dev
backup_plan_id:
  description: The id of the plan. In check mode that of a plan that would be created is empty.
  returned: success
  type: str
  sample: 0a1b2c3d-4e5f-6789-0abc-def012345678
backup_plan_arn:
  description: The ARN of the plan. In check mode that of a plan that would be created is empty.
  returned: success
  type: str
  sample: arn:aws:backup:eu-central-1:123456789012:backup-plan:0a1b2c3d-4e5f-6789-0abc-def012345678
vault_name:
  description: The vault that keeps the backups.
  returned: success
  type: str
  sample: shop-dev
schedule:
  description: When a backup begins.
  returned: success
  type: str
  sample: cron(0 5 ? * * *)
delete_after_days:
  description: For how many days a backup is kept.
  returned: success
  type: int
  sample: 35
start_window_minutes:
  description: Within how many minutes a backup has to begin.
  returned: success
  type: int
  sample: 480
completion_window_minutes:
  description: Within how many minutes a backup has to be complete.
  returned: success
  type: int
  sample: 10080
role_arn:
  description: The role with which AWS Backup works.
  returned: success
  type: str
  sample: arn:aws:iam::123456789012:role/shop-dev-backup
resources:
  description: The ARNs of what is backed up.
  returned: success
  type: list
  elements: str
  sample: [arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev]
other_rules:
  description: Whether the plan says more than this module does. Never so after the task, but the difference shows it.
  returned: success
  type: bool
  sample: false
other_selectors:
  description: Whether the selection has conditions. Never so after the task, but the difference shows it.
  returned: success
  type: bool
  sample: false
tags:
  description: The tags of the plan after the task.
  returned: success
  type: dict
  sample:
    Application: shop
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _backup_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._backup_plan_apply import apply
from ansible_collections.palisade.ecs.plugins.module_utils._backup_plan_plan import checked, plan
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "vault_name": {"type": "str"},
    "schedule": {"type": "str", "default": "cron(0 5 ? * * *)"},
    "delete_after_days": {"type": "int", "default": 35},
    "start_window_minutes": {"type": "int", "default": 480},
    "completion_window_minutes": {"type": "int", "default": 10080},
    "role_arn": {"type": "str"},
    "resources": {"type": "list", "elements": "str"},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    checked(params)
    found = api.find_plan(client, params["name"])
    selections = api.selections_of(client, found["BackupPlanId"], params["name"]) if found else []
    tags = api.tags_of(client, found["BackupPlanArn"]) if found else {}
    change = plan(found, selections, tags, params)
    if change and not module.check_mode:
        change = apply(client, change)
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["vault_name", "role_arn", "resources"])],
        supports_check_mode=True,
    )
    finish(module, module.client("backup"), run)


if __name__ == "__main__":
    main()
