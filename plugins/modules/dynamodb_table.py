#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a DynamoDB table with all that protects it."""

from __future__ import annotations

DOCUMENTATION = r"""
module: dynamodb_table
author: Palisade contributors (!UNKNOWN)
short_description: Manage a DynamoDB table with all that protects it
version_added: 0.1.0
description:
  - Manages keys, global secondary indexes, capacity, encryption, recovery, deletion protection, stream, time to live,
    contributor insights, resource policy and tags of a table as one.
  - M(community.aws.dynamodb_table) knows neither a key of KMS nor recovery to a point in time, deletion protection,
    streams, resource policies, maximum request units and contributor insights; it deletes no index, and shows no
    difference. M(community.aws.dynamodb_ttl) knows no check mode.
  - A new table has all of it that CreateTable takes from its first moment.
  - An existing one is changed in steps that AWS allows, each when the one before is done. A run that ends in between
    leaves a table from which the next one goes on.
  - A table is never replaced. Another key of the table, and another key or projection of an index, is refused.
  - Local secondary indexes and replicas are left as they are.
options:
  state:
    description:
      - With V(present) the table exists and is as the other options say.
      - With V(absent) there is none. A table that is protected from deletion is not deleted.
    type: str
    choices: [present, absent]
    default: present
  name:
    description: The name of the table.
    type: str
    required: true
  purge_tags:
    description: Remove tags that are not in O(tags).
    type: bool
    default: true
  wait_timeout:
    description:
      - For how many seconds each step is waited for at most.
      - When it takes longer, AWS goes on by itself, and so does the next run.
    type: int
    default: 3600
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the table before and after.
    support: full
extends_documentation_fragment:
  - palisade.ecs.dynamodb_table
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Make a table that can be restored and is not deleted by mistake
  palisade.ecs.dynamodb_table:
    region: eu-central-1
    name: shop-dev
    partition_key: {name: pk, type: S}
    sort_key: {name: sk, type: S}
    max_read_request_units: 12000
    max_write_request_units: 4000
    kms_key_arn: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
    ttl_attribute: expires_at

- name: Add an index
  palisade.ecs.dynamodb_table:
    region: eu-central-1
    name: shop-dev
    partition_key: {name: pk, type: S}
    sort_key: {name: sk, type: S}
    indexes:
      - name: by-customer
        partition_key: {name: customer, type: S}
        sort_key: {name: ordered_at, type: N}
    max_read_request_units: 12000
    max_write_request_units: 4000
    kms_key_arn: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
    ttl_attribute: expires_at

- name: Lift the protection
  palisade.ecs.dynamodb_table:
    region: eu-central-1
    name: shop-dev
    partition_key: {name: pk, type: S}
    sort_key: {name: sk, type: S}
    deletion_protection: false

- name: Remove it
  palisade.ecs.dynamodb_table:
    region: eu-central-1
    name: shop-dev
    state: absent
"""

RETURN = r"""
table_arn:
  description:
    - The ARN of the table. In check mode that of a table that would be created is empty.
    - Empty, as all the others, with O(state=absent).
  returned: success
  type: str
  sample: arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev
stream_arn:
  description: The ARN of the stream, empty if there is none or, in check mode, if it would be a new one.
  returned: success
  type: str
  sample: arn:aws:dynamodb:eu-central-1:123456789012:table/shop-dev/stream/2026-01-01T00:00:00.000
steps:
  description: What was done one after the other, or would be.
  returned: success
  type: list
  elements: str
  sample: [delete index by-date, create index by-customer]
partition_key:
  description: The attribute that says in which partition an item lies.
  returned: success
  type: dict
  sample: {name: pk, type: S}
sort_key:
  description: The attribute by which the items of a partition are sorted, with empty strings if there is none.
  returned: success
  type: dict
  sample: {name: sk, type: S}
indexes:
  description: The global secondary indexes as O(indexes), by name.
  returned: success
  type: list
  elements: dict
billing_mode:
  description: Whether requests are paid for, or units that are provisioned.
  returned: success
  type: str
read_capacity:
  description: Units per second that are provisioned.
  returned: success
  type: int
write_capacity:
  description: Units per second that are provisioned.
  returned: success
  type: int
max_read_request_units:
  description: How many units per second are served at most. 0 if there is no maximum.
  returned: success
  type: int
  sample: 12000
max_write_request_units:
  description: How many units per second are served at most. 0 if there is no maximum.
  returned: success
  type: int
  sample: 4000
table_class:
  description: The table class.
  returned: success
  type: str
kms_key_arn:
  description: The key with which the table is encrypted. Empty for a key that AWS owns.
  returned: success
  type: str
  sample: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
stream_view_type:
  description: What the stream of changes shows.
  returned: success
  type: str
ttl_attribute:
  description: The attribute that says when an item may vanish. Empty if there is none.
  returned: success
  type: str
  sample: expires_at
recovery_period_in_days:
  description: For how many days back the table can be restored. 0 if it cannot.
  returned: success
  type: int
deletion_protection:
  description: Whether AWS refuses to delete the table.
  returned: success
  type: bool
contributor_insights:
  description: Which keys CloudWatch shows.
  returned: success
  type: str
resource_policy:
  description: The policy of the table. Empty if there is none.
  returned: success
  type: dict
tags:
  description: The tags of the table after the task.
  returned: success
  type: dict
  sample: {Application: shop}
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table import described
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_apply import apply, read
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_arguments import ARGUMENT_SPEC
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_checks import check_present
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_plan import plan_absent, plan_present
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_wanted import wanted
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

# What AWS says of a second change within an hour or so.
TOO_EARLY = "modified multiple times within a fixed interval"


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params, name = module.params, module.params["name"]
    before = described(read(client, name))
    if params["state"] == "absent":
        change = plan_absent(name, before, module.params["deletion_protection"])
    else:
        after = wanted(params, before)
        check_present(name, before, after, params)
        change = plan_present(name, before, after)
    if not module.check_mode:
        change = apply(client, change, name, params["wait_timeout"])
    return change.as_result(diff=module._diff)


def advice(refusal: str) -> str:
    """Say what to do about a refusal of DynamoDB, or nothing."""
    return "Everything else is done. Run it again in an hour." if TOO_EARLY in refusal else ""


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["partition_key"])],
        supports_check_mode=True,
    )
    finish(module, module.client("dynamodb"), run, advice)


if __name__ == "__main__":
    main()
