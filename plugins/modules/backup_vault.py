#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a vault of AWS Backup with its lock."""

from __future__ import annotations

DOCUMENTATION = r"""
module: backup_vault
author: Palisade contributors (!UNKNOWN)
short_description: Manage a vault of AWS Backup with its lock
version_added: 0.1.0
description:
  - Keeps a vault for backups, its key, its lock and its tags.
  - M(amazon.aws.backup_vault) knows no lock, says nothing when a vault has another key than the one that is wanted, and
    shows no difference.
  - The lock is of AWS's governance mode. Whoever may change the lock can lift it.
options:
  state:
    description:
      - With V(present) the vault exists and is as the other options say.
      - With V(absent) there is none. AWS deletes no vault that has backups.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The name of the vault.
    type: str
    required: true
  kms_key_arn:
    description: The ARN of the key of the vault, required with O(state=present). AWS cannot change it.
    type: str
  lock_min_retention_days:
    description: Let no backup be deleted before so many days. V(0) means no minimum.
    type: int
    default: 0
  lock_max_retention_days:
    description: Let no backup be kept longer than so many days. V(0) means no maximum.
    type: int
    default: 0
  tags:
    description: Tags of the vault.
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
    description: Shows the vault before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Keep backups in a vault of the stack
  palisade.ecs.backup_vault:
    region: eu-central-1
    name: shop-dev
    kms_key_arn: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678

- name: Let nobody delete a backup in its first week
  palisade.ecs.backup_vault:
    region: eu-central-1
    name: shop-dev
    kms_key_arn: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
    lock_min_retention_days: 7

- name: Remove it
  palisade.ecs.backup_vault:
    region: eu-central-1
    name: shop-dev
    state: absent
"""

RETURN = r"""
name:
  description: The name of the vault. Empty, as all the others, with O(state=absent).
  returned: success
  type: str
  sample: shop-dev
vault_arn:
  description: The ARN of the vault. In check mode that of a vault that would be created is empty.
  returned: success
  type: str
  sample: arn:aws:backup:eu-central-1:123456789012:backup-vault:shop-dev
kms_key_arn:
  description: The key of the vault.
  returned: success
  type: str
  sample: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
lock_min_retention_days:
  description: How many days a backup cannot be deleted. 0 if there is no minimum.
  returned: success
  type: int
  sample: 7
lock_max_retention_days:
  description: How many days a backup is kept at most. 0 if there is no maximum.
  returned: success
  type: int
  sample: 0
tags:
  description: The tags of the vault after the task.
  returned: success
  type: dict
  sample:
    Application: shop
"""

import uuid
from dataclasses import replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags
from ansible_collections.palisade.ecs.plugins.module_utils import _backup_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._backup_vault_plan import Change, checked, described, plan
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ARGUMENT_SPEC = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "kms_key_arn": {"type": "str", "no_log": False},
    "lock_min_retention_days": {"type": "int", "default": 0},
    "lock_max_retention_days": {"type": "int", "default": 0},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params = module.params
    checked(params)
    found = api.find_vault(client, params["name"])
    change = plan(described(found, api.tags_of(client, found["BackupVaultArn"]) if found else {}), params)
    if change and not module.check_mode:
        change = apply(client, change)
    return change.as_result(diff=module._diff)


def apply(client: Any, change: Change) -> Change:
    """Write what differs, and return the change with the ARN that came of it."""
    before, after = change.before, change.after
    if not after.name:
        api.call(client, f"delete vault {before.name}", "delete_backup_vault", BackupVaultName=before.name)
        return change
    vault = {"BackupVaultName": after.name}
    if not before.name:
        made = api.call(
            client,
            f"create vault {after.name}",
            "create_backup_vault",
            **vault,
            EncryptionKeyArn=after.kms_key_arn,
            BackupVaultTags=dict(after.tags),
            CreatorRequestId=uuid.uuid4().hex,
        )
        after = replace(after, vault_arn=made["BackupVaultArn"])
    else:
        api.set_tags(client, before.vault_arn, *compare_aws_tags(before.tags, after.tags))
    if after.lock and before.lock != after.lock:
        api.call(client, f"lock vault {after.name}", "put_backup_vault_lock_configuration", **vault, **after.lock)
    if before.lock and not after.lock:
        api.call(client, f"unlock vault {after.name}", "delete_backup_vault_lock_configuration", **vault)
    return replace(change, after=after)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["kms_key_arn"])],
        supports_check_mode=True,
    )
    finish(module, module.client("backup"), run)


if __name__ == "__main__":
    main()
