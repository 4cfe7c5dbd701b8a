# SPDX-License-Identifier: GPL-3.0-or-later
"""What was decided: who asked for what, also by way of services, and what was against it."""

from __future__ import annotations

import threading
from collections import OrderedDict
from dataclasses import asdict, dataclass

from emulator.authorizer.combination import Denial
from emulator.authorizer.policy import Request

# Names of log streams differ from task to task, so there is no end of entries that differ.
MOST_ENTRIES = 20_000


@dataclass(frozen=True)
class Entry:
    """A decision: `who` is a role or a service, `via` the service that asked for it, `denied_by` a kind of policy."""

    who: str
    action: str
    resource: str
    via: str = ""
    denied_by: str = ""


class Journal:
    """Decisions since the start, each counted; the oldest are forgotten when there are very many."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._counts: OrderedDict[Entry, int] = OrderedDict()

    def note(self, request: Request, denial: Denial | None) -> None:
        """Count a decision."""
        entry = Entry(
            who=request.principal.service or request.principal.role_arn,
            action=request.action,
            resource=request.resource,
            via=next(iter(request.context.get("aws:calledvia", ())), ""),
            denied_by=denial.kind.value if denial else "",
        )
        with self._lock:
            self._counts[entry] = self._counts.get(entry, 0) + 1
            if len(self._counts) > MOST_ENTRIES:
                self._counts.popitem(last=False)

    def entries(self) -> list[dict[str, str | int]]:
        """Return every decision with its count, in the order in which each was first made."""
        with self._lock:
            return [{**asdict(entry), "count": count} for entry, count in self._counts.items()]
