# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Read a DynamoDB table, and go the steps of a change one at a time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils import _dynamodb_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table import NONE, Found, Table
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_checks import check_usable
from ansible_collections.palisade.ecs.plugins.module_utils._dynamodb_table_plan import Change


def read(client: Any, name: str) -> Found:
    """Return all that AWS knows of a table; one that is being deleted is gone. Raises PlanError and AnsibleAWSError."""
    table = api.describe_table(client, name)
    status = table.get("TableStatus", "")
    check_usable(name, status)
    if not table or status == "DELETING":
        return Found()
    return Found(
        table=table,
        time_to_live=api.time_to_live_of(client, name),
        recovery=api.recovery_of(client, name),
        insights=api.insights_of(client, name),
        policy=api.policy_of(client, table["TableArn"]),
        tags=api.tags_of(client, table["TableArn"]),
    )


def apply(client: Any, change: Change, name: str, timeout: int) -> Change:
    """Go every step when the one before is done, and return the change with the ARNs that came of it.

    A run that ends in between leaves a table from which the next one goes on. Raises AnsibleAWSError.
    """
    for step in change.steps:
        if step.operation == "create_table":
            _wait_for_the_name(client, name, timeout)
        else:
            api.wait_until_settled(client, name, timeout)
        api.write(client, f"{step.what} ({name})", step.operation, step.arguments)
    if change.after == Table():
        if change:
            api.wait_until_gone(client, name, timeout)
        return change
    if change:
        api.wait_until_settled(client, name, timeout)
    return replace(change, after=_with_arns(change.after, api.describe_table(client, name)))


def _wait_for_the_name(client: Any, name: str, timeout: int) -> None:
    """Wait for another table of the name that is on its way out."""
    if api.describe_table(client, name):
        api.wait_until_gone(client, name, timeout)


def _with_arns(after: Table, table: Mapping[str, Any]) -> Table:
    streams = after.stream_view_type != NONE
    return replace(after, table_arn=table["TableArn"], stream_arn=table["LatestStreamArn"] if streams else "")
