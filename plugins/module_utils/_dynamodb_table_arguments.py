# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The arguments of the module dynamodb_table."""

from __future__ import annotations

from typing import Any

KEY = {
    "name": {"type": "str", "required": True},
    "type": {"type": "str", "choices": ["S", "N", "B"], "required": True},
}
CAPACITY = ("read_capacity", "write_capacity", "max_read_request_units", "max_write_request_units")
INDEX = {
    "name": {"type": "str", "required": True},
    "partition_key": {"type": "dict", "required": True, "options": KEY, "no_log": False},
    "sort_key": {"type": "dict", "options": KEY, "no_log": False},
    "projection": {"type": "str", "choices": ["ALL", "KEYS_ONLY", "INCLUDE"], "default": "ALL"},
    "non_key_attributes": {"type": "list", "elements": "str", "default": [], "no_log": False},
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
    "kms_key_arn": {"type": "str", "default": "", "no_log": False},
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
