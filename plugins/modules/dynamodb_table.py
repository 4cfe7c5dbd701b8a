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
  partition_key:
    description: The attribute that says in which partition an item lies, required with O(state=present).
    type: dict
    suboptions: &key
      name:
        description: The name of the attribute.
        type: str
        required: true
      type:
        description: V(S) for strings, V(N) for numbers, V(B) for bytes.
        type: str
        choices: [S, N, B]
        required: true
  sort_key:
    description: The attribute by which the items of a partition are sorted.
    type: dict
    suboptions: *key
  indexes:
    description:
      - The global secondary indexes. Others are deleted.
      - AWS creates or deletes one at a time, and fills a new one from the items, which may take hours.
    type: list
    elements: dict
    default: []
    suboptions:
      name:
        description: The name of the index.
        type: str
        required: true
      partition_key:
        description: The attribute that says in which partition of the index an item lies.
        type: dict
        required: true
        suboptions: *key
      sort_key:
        description: The attribute by which the items of a partition are sorted.
        type: dict
        suboptions: *key
      projection:
        description: Which attributes the index has.
        type: str
        choices: [ALL, KEYS_ONLY, INCLUDE]
        default: ALL
      non_key_attributes:
        description: The attributes that the index has besides the keys, with O(indexes[].projection=INCLUDE) only.
        type: list
        elements: str
        default: []
      read_capacity:
        description: By default that of the table.
        type: int
      write_capacity:
        description: By default that of the table.
        type: int
      max_read_request_units:
        description: By default that of the table.
        type: int
      max_write_request_units:
        description: By default that of the table.
        type: int
  billing_mode:
    description:
      - Whether requests are paid for, or units that are provisioned.
      - AWS limits how often a table may be switched in a day.
    type: str
    choices: [PAY_PER_REQUEST, PROVISIONED]
    default: PAY_PER_REQUEST
  read_capacity:
    description: Units per second, required with O(billing_mode=PROVISIONED) and refused otherwise.
    type: int
    default: 0
  write_capacity:
    description: Units per second, required with O(billing_mode=PROVISIONED) and refused otherwise.
    type: int
    default: 0
  capacity_delegated:
    description:
      - Application Auto Scaling owns the units of a table and of indexes that are provisioned.
      - What is given here is only begun with.
    type: bool
    default: false
  max_read_request_units:
    description:
      - How many units per second are served at most, with O(billing_mode=PAY_PER_REQUEST) only. It limits the costs.
      - V(0) means that there is no maximum.
    type: int
    default: 0
  max_write_request_units:
    description:
      - How many units per second are served at most, with O(billing_mode=PAY_PER_REQUEST) only. It limits the costs.
      - V(0) means that there is no maximum.
    type: int
    default: 0
  table_class:
    description: What storage and requests cost. AWS changes it twice in 30 days at most.
    type: str
    choices: [STANDARD, STANDARD_INFREQUENT_ACCESS]
    default: STANDARD
  kms_key_arn:
    description:
      - The ARN of the key of KMS with which the table is encrypted. Empty for a key that AWS owns.
      - Everyone who uses the table also needs C(kms:Decrypt) on it.
    type: str
    default: ""
  stream_view_type:
    description:
      - What the stream of changes shows. V(none) for no stream.
      - Another one is another stream with another ARN; records that were not read yet stay in the old one for a day.
    type: str
    choices: [none, KEYS_ONLY, NEW_IMAGE, OLD_IMAGE, NEW_AND_OLD_IMAGES]
    default: none
  ttl_attribute:
    description:
      - The attribute that says, in seconds since 1970, when an item may vanish. Empty for none.
      - AWS takes one change of it within an hour, so another attribute takes two runs.
    type: str
    default: ""
  recovery_period_in_days:
    description:
      - For how many days back the table can be restored to any second, V(35) at most.
      - V(0) means that it cannot, and loses what could be restored.
    type: int
    default: 35
  deletion_protection:
    description: Have AWS refuse to delete the table.
    type: bool
    default: true
  contributor_insights:
    description:
      - Which keys CloudWatch shows as the most used ones. It shows them in plain text, which matters if they are
        personal data.
    type: str
    choices: [none, ACCESSED_AND_THROTTLED_KEYS, THROTTLED_KEYS]
    default: none
  resource_policy:
    description: The policy of the table, as JSON. Empty for none.
    type: json
    default: ""
  tags:
    description: Tags of the table.
    type: dict
    default: {}
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
seealso:
  - name: UpdateTable
    description: AWS's own description of what can be changed at once.
    link: https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_UpdateTable.html
extends_documentation_fragment:
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
    - The ARN of the table. In check mode one of the account V(000000000000) stands for a table that would be created.
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
  sample: []
billing_mode:
  description: Whether requests are paid for, or units that are provisioned.
  returned: success
  type: str
  sample: PAY_PER_REQUEST
read_capacity:
  description: Units per second that are provisioned.
  returned: success
  type: int
  sample: 0
write_capacity:
  description: Units per second that are provisioned.
  returned: success
  type: int
  sample: 0
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
  sample: STANDARD
kms_key_arn:
  description: The key with which the table is encrypted. Empty for a key that AWS owns.
  returned: success
  type: str
  sample: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
stream_view_type:
  description: What the stream of changes shows.
  returned: success
  type: str
  sample: none
ttl_attribute:
  description: The attribute that says when an item may vanish. Empty if there is none.
  returned: success
  type: str
  sample: expires_at
recovery_period_in_days:
  description: For how many days back the table can be restored. 0 if it cannot.
  returned: success
  type: int
  sample: 35
deletion_protection:
  description: Whether AWS refuses to delete the table.
  returned: success
  type: bool
  sample: true
contributor_insights:
  description: Which keys CloudWatch shows.
  returned: success
  type: str
  sample: none
resource_policy:
  description: The policy of the table. Empty if there is none.
  returned: success
  type: dict
  sample: {}
tags:
  description: The tags of the table after the task.
  returned: success
  type: dict
  sample: {Application: shop}
"""

from dataclasses import replace
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.exceptions import AnsibleAWSError
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table import described, wanted
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_apply import apply, read
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_checks import PlanError, check_present
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_plan import plan_absent, plan_present
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import PolicyError

KEY = {
    "name": {"type": "str", "required": True},
    "type": {"type": "str", "choices": ["S", "N", "B"], "required": True},
}
CAPACITY = ("read_capacity", "write_capacity", "max_read_request_units", "max_write_request_units")
INDEX = {
    "name": {"type": "str", "required": True},
    "partition_key": {"type": "dict", "required": True, "options": KEY},
    "sort_key": {"type": "dict", "options": KEY},
    "projection": {"type": "str", "choices": ["ALL", "KEYS_ONLY", "INCLUDE"], "default": "ALL"},
    "non_key_attributes": {"type": "list", "elements": "str", "default": []},
    **{name: {"type": "int"} for name in CAPACITY},
}
VIEWS = ["none", "KEYS_ONLY", "NEW_IMAGE", "OLD_IMAGE", "NEW_AND_OLD_IMAGES"]
ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "name": {"type": "str", "required": True},
    "partition_key": {"type": "dict", "options": KEY, "no_log": False},
    "sort_key": {"type": "dict", "options": KEY, "no_log": False},
    "indexes": {"type": "list", "elements": "dict", "default": [], "options": INDEX},
    "billing_mode": {"type": "str", "choices": ["PAY_PER_REQUEST", "PROVISIONED"], "default": "PAY_PER_REQUEST"},
    **{name: {"type": "int", "default": 0} for name in CAPACITY},
    "capacity_delegated": {"type": "bool", "default": False},
    "table_class": {"type": "str", "choices": ["STANDARD", "STANDARD_INFREQUENT_ACCESS"], "default": "STANDARD"},
    "kms_key_arn": {"type": "str", "default": ""},
    "stream_view_type": {"type": "str", "choices": VIEWS, "default": "none"},
    "ttl_attribute": {"type": "str", "default": ""},
    "recovery_period_in_days": {"type": "int", "default": 35},
    "deletion_protection": {"type": "bool", "default": True},
    "contributor_insights": {
        "type": "str",
        "choices": ["none", "ACCESSED_AND_THROTTLED_KEYS", "THROTTLED_KEYS"],
        "default": "none",
    },
    "resource_policy": {"type": "json", "default": ""},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
    "wait_timeout": {"type": "int", "default": 3600},
}
# What AWS says of a second change within an hour or so.
TOO_EARLY = "modified multiple times within a fixed interval"


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    params, name = module.params, module.params["name"]
    before = described(read(client, name))
    if params["state"] == "absent":
        change = plan_absent(name, before)
    else:
        after = wanted(params, before)
        check_present(name, before, after, params)
        change = plan_present(name, before, after)
    if not module.check_mode:
        change = apply(client, change, name, params["wait_timeout"])
    elif params["state"] == "present" and not before.table_arn:
        meta = client.meta
        arn = f"arn:{meta.partition}:dynamodb:{meta.region_name}:000000000000:table/{name}"
        change = replace(change, after=replace(change.after, table_arn=arn))
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(
        argument_spec=ARGUMENT_SPEC,
        required_if=[("state", "present", ["partition_key"])],
        supports_check_mode=True,
    )
    try:
        result = run(module, module.client("dynamodb"))
    except (PlanError, PolicyError) as error:
        module.fail_json(msg=str(error))
    except AnsibleAWSError as error:
        if TOO_EARLY in str(error):
            module.fail_json(msg=f"{error}. Everything else is done. Run it again in an hour.")
        module.fail_json_aws_error(error)
    module.exit_json(**result)


if __name__ == "__main__":
    main()
