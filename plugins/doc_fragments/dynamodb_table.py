# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The options that say what a DynamoDB table is like."""

from __future__ import annotations


class ModuleDocFragment:
    """The options of the module dynamodb_table, but for those of every module."""

    DOCUMENTATION = r"""
options:
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
    description: Have AWS refuse to delete the table. With O(state=absent), V(false) lifts the protection that it has.
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
"""
