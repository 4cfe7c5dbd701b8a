# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Calls to CloudWatch about dashboards, one function each."""

from __future__ import annotations

import json
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry
from ansible_collections.palisade.ecs.plugins.module_utils._aws_errors import CloudWatchErrorHandler
from ansible_collections.palisade.ecs.plugins.module_utils._cloudwatch_dashboard_plan import Change

BUSY = ["ConflictException"]


def body_of(client: Any, name: str) -> str | None:
    """Return the body of a dashboard, nothing if there is none. Raises AnsibleAWSError."""

    @CloudWatchErrorHandler.list_error_handler(f"look at the dashboard {name}", None)
    @AWSRetry.jittered_backoff()
    def attempt() -> Any:
        return client.get_dashboard(DashboardName=name)["DashboardBody"]

    found: str | None = attempt()
    return found


def apply(client: Any, change: Change) -> list[str]:
    """Write or remove the dashboard; return what CloudWatch warns of. Raises AnsibleAWSError."""
    if change.after is None:
        _delete(client, change.name)
        return []
    return _put(client, change.name, json.dumps(change.after))


def _put(client: Any, name: str, body: str) -> list[str]:
    @CloudWatchErrorHandler.common_error_handler(f"write the dashboard {name}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> Any:
        return client.put_dashboard(DashboardName=name, DashboardBody=body)

    # It was written all the same; errors are raised.
    messages = attempt().get("DashboardValidationMessages") or []
    return [f"CloudWatch about {one.get('DataPath', name)}: {one.get('Message', '')}" for one in messages]


def _delete(client: Any, name: str) -> None:
    @CloudWatchErrorHandler.deletion_error_handler(f"delete the dashboard {name}")
    @AWSRetry.jittered_backoff(catch_extra_error_codes=BUSY)
    def attempt() -> None:
        client.delete_dashboards(DashboardNames=[name])

    attempt()
