# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Write what differs of a flow log, so that no traffic goes unrecorded."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils import _flow_log_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._flow_log_plan import Change, request
from ansible_collections.palisade.ecs.plugins.module_utils._vpc_calls import apply_tags, tag_change


def apply(client: Any, change: Change, vpc_id: str, destination_type: str) -> Change:
    """Create before anything is deleted, and return the change with the id that came of it."""
    after = change.after
    if change.is_new:
        made = api.create_flow_log(client, after.tags, **request(vpc_id, destination_type, after))
        after = replace(after, flow_log_id=made)
    elif after.flow_log_id:
        tags = tag_change(after.flow_log_id, change.before.tags, after.tags, purge=True)
        apply_tags(client, tags, api.NOT_YET)
    api.delete_flow_logs(client, change.surplus)
    return replace(change, after=after)
