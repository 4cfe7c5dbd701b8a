# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a dashboard, as pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Json = dict[str, Any]
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_PutDashboard.html
NAME = re.compile(r"[A-Za-z0-9_-]{1,255}")
# https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/cloudwatch_limits.html
MOST_WIDGETS = 500


@dataclass(frozen=True)
class Change:
    """The body of a dashboard before and after; nothing where there is no dashboard."""

    name: str
    before: Json | None
    after: Json | None

    def __bool__(self) -> bool:
        return self.before != self.after

    def as_result(self, diff: bool) -> Json:
        """Return what the module returns."""
        widgets = (self.after or {}).get("widgets") or []
        shown = {"diff": {"before": self.before or {}, "after": self.after or {}}} if diff else {}
        return {"changed": bool(self), "name": self.name, "widgets": len(widgets), **shown}


def plan(found: str | None, params: Mapping[str, Any]) -> Change:
    """Return what to change of a body that was found, as text; raises PlanError for what CloudWatch would refuse."""
    name, body = params["name"], params["body"] if params["state"] == "present" else None
    if not NAME.fullmatch(name):
        raise PlanError(f"name is {name!r}; expected letters, digits, - and _, 255 at most.")
    if body is not None and len(body.get("widgets") or []) > MOST_WIDGETS:
        raise PlanError(f"body has {len(body['widgets'])} widgets; expected {MOST_WIDGETS} at most.")
    return Change(name, None if found is None else json.loads(found), body)
