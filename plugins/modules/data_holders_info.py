#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""List what holds data, and which keys are needed to read it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: data_holders_info
author: Palisade contributors (!UNKNOWN)
short_description: List what holds data, and which keys are needed to read it
version_added: 0.1.0
description:
  - Lists tables, their backups, vaults with their recovery points, log groups, buckets and image repositories by name;
    whether each is empty, what it costs, and how it is removed.
  - With O(key_aliases) also lists those keys, and every table, backup, recovery point, log group, repository and secret
    of the region that is encrypted with one of them, whoever made it. A key that is deleted takes their content along.
  - Neither amazon.aws nor community.aws can tell what a key is used by.
options:
  table_names:
    description:
      - The names of tables, as patterns in which V(*) stands for anything. Their backups are listed too, also of tables
        that are gone.
    type: list
    elements: str
    default: []
  vault_names:
    description: The names of vaults of AWS Backup.
    type: list
    elements: str
    default: []
  log_group_names:
    description: The names of log groups.
    type: list
    elements: str
    default: []
  bucket_names:
    description: The names of buckets.
    type: list
    elements: str
    default: []
  repository_names:
    description: The names of image repositories.
    type: list
    elements: str
    default: []
  key_aliases:
    description: The aliases of keys.
    type: list
    elements: str
    default: []
  foresee:
    description:
      - Tell what a removal would leave, for a dry run. What is named above and empty is taken for gone, and a key that
        nothing needs for pending deletion.
    type: bool
    default: false
  deleted_table:
    description: A table that is taken for gone and backed up with O(foresee=true).
    type: str
    default: ""
attributes:
  check_mode:
    description: Can run in check mode. It never changes anything.
    support: full
  diff_mode:
    description: There is no difference to show.
    support: none
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Look whether anything still needs the key of the table
  palisade.ecs.data_holders_info:
    region: eu-central-1
    key_aliases: [alias/shop-dev-data]

- name: Look what a stack has kept
  palisade.ecs.data_holders_info:
    region: eu-central-1
    table_names: [shop-dev, shop-dev.*]
    vault_names: [shop-dev]
    log_group_names: [/ecs/shop-dev]
"""

RETURN = r"""
holders:
  description: What was found, keys last.
  returned: always
  type: list
  elements: dict
  contains:
    kind:
      description:
        - V(table), V(backup), V(vault), V(recovery point), V(log group), V(bucket), V(repository), V(secret) or V(key).
      type: str
      returned: always
      sample: table
    name:
      description: Its name; of a backup that of its table, of a recovery point that of its vault, of a key its alias.
      type: str
      returned: always
      sample: shop-dev
    arn:
      description: Its ARN.
      type: str
      returned: always
      sample: arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev
    key_arn:
      description: The key that encrypts it. Empty if that is one of AWS.
      type: str
      returned: always
      sample: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
    empty:
      description: Whether it has no content. A table never counts as empty. A key is empty if nothing needs it.
      type: bool
      returned: always
      sample: false
    state:
      description:
        - Of a key its state. V(DELETING) of a table that is being deleted, which is listed because of its key only.
          V(SYSTEM) of a backup that DynamoDB has made of a deleted table. Otherwise empty.
      type: str
      returned: always
      sample: Enabled
    why:
      description: Why one would keep it.
      type: str
      returned: always
      sample: it holds the items
    cost:
      description: What it costs as long as it is kept.
      type: str
      returned: always
      sample: its storage, by GB and month
    removal:
      description: How it is removed, after which its content is lost. Empty for what AWS removes by itself.
      type: str
      returned: always
      sample: aws ecr delete-repository --force --repository-name shop-dev
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _data_holders_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._data_holders import (
    Holder,
    Wanted,
    as_result,
    foreseen,
    with_keys,
)

NAMES = ("table_names", "vault_names", "log_group_names", "bucket_names", "repository_names")
ARGUMENT_SPEC: dict[str, Any] = {
    **{name: {"type": "list", "elements": "str", "default": [], "no_log": False} for name in (*NAMES, "key_aliases")},
    "foresee": {"type": "bool", "default": False},
    "deleted_table": {"type": "str", "default": ""},
}


def read(module: Any, keys: list[Holder]) -> list[Holder]:
    """Return everything that is named, or encrypted with one of the keys. Raises AnsibleAWSError."""
    params = module.params
    arns = frozenset(key.arn for key in keys)
    table, vault, group, bucket, repository = (Wanted(tuple(params[name]), arns) for name in NAMES)
    found = []
    if table:
        dynamodb = module.client("dynamodb")
        found += [*api.tables(dynamodb, table), *api.backups(dynamodb, table)]
    if vault:
        found += api.vaults(module.client("backup"), vault)
    if group:
        found += api.log_groups(module.client("logs"), group)
    if bucket.names:
        found += api.buckets(module.client("s3"), bucket)
    if repository:
        found += api.repositories(module.client("ecr"), repository)
    if arns:
        found += api.secrets(module.client("secretsmanager"), Wanted((), arns))
    return found


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    aliases = module.params["key_aliases"]
    try:
        keys = api.keys(module.client("kms"), aliases) if aliases else []
        found = read(module, keys)
    except AnsibleAWSError as error:
        module.fail_json_aws_error(error)
    foresee = module.params["foresee"]
    if foresee:
        found = foreseen(found, module.params["deleted_table"])
    module.exit_json(changed=False, holders=[as_result(one) for one in with_keys(found, keys, foresee)])


if __name__ == "__main__":
    main()
