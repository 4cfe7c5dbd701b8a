#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Make a backup of a DynamoDB table and wait for it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dynamodb_table_backup
author: Palisade contributors (!UNKNOWN)
short_description: Make a backup of a DynamoDB table and wait for it
version_added: 0.1.0
description:
  - Makes a backup on demand of a table as it is now. It stays until it is deleted, also when the table is gone.
  - Every run makes another one, because a table may have changed since the last. Without the table nothing is done.
  - Neither amazon.aws nor community.aws makes backups of DynamoDB. M(amazon.aws.backup_plan) makes them by a schedule.
options:
  table_name:
    description: The name of the table.
    type: str
    required: true
  name:
    description: The name of the backup. Several backups may have the same.
    type: str
    required: true
  wait_timeout:
    description: For how many seconds to wait until the backup is available. It fails when it takes longer.
    type: int
    default: 3600
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the backup that is made.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Keep what the table has before it is deleted
  palisade.ecs.dynamodb_table_backup:
    region: eu-central-1
    table_name: shop-dev
    name: shop-dev-final
"""

RETURN = r"""
backup_arn:
  description: The ARN of the backup. Empty in check mode, and without the table.
  returned: success
  type: str
  sample: arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev/backup/01735689600000-1a2b3c4d
backup_name:
  description: The name of the backup. Empty without the table.
  returned: success
  type: str
  sample: shop-dev-final
table_name:
  description: The name of the table.
  returned: success
  type: str
  sample: shop-dev
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _dynamodb_api as table_api
from ansible_collections.palisade.ecs.plugins.module_utils import _dynamodb_backup_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ARGUMENT_SPEC = {
    "table_name": {"type": "str", "required": True},
    "name": {"type": "str", "required": True},
    "wait_timeout": {"type": "int", "default": 3600},
}


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, and make the backup unless in check mode."""
    table_name, name, timeout = (module.params[key] for key in ARGUMENT_SPEC)
    table = table_api.describe_table(client, table_name)
    wanted = bool(table) and table["TableStatus"] != "DELETING"
    result = {
        "changed": wanted,
        "table_name": table_name,
        "backup_name": name if wanted else "",
        "backup_arn": "",
    }
    if wanted and not module.check_mode:
        table_api.wait_until_settled(client, table_name, timeout)
        result["backup_arn"] = api.create_backup(client, table_name, name)
        api.wait_until_available(client, result["backup_arn"], timeout)
    if module._diff:
        result["diff"] = {"before": {}, "after": {"table_name": table_name, "backup_name": name} if wanted else {}}
    return result


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("dynamodb"), run)


if __name__ == "__main__":
    main()
