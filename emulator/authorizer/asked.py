# SPDX-License-Identifier: GPL-3.0-or-later
"""What the deployer has asked for: the record that its policy is made of."""

from __future__ import annotations

import threading
from typing import Any

from emulator.authorizer.policy import Request

# What differs from one moment or place to another and says nothing of the call.
PASSING = ("aws:currenttime", "aws:epochtime", "aws:sourceip", "aws:principal", "aws:username", "aws:userid")


class Asked:
    """Every question about the deployer once: action, resource, condition keys, and whether the call is known here."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._found: dict[tuple[Any, ...], dict[str, Any]] = {}

    def add(self, request: Request, *, understood: bool) -> None:
        """Note a question, whatever the answer."""
        context = {key: sorted(values) for key, values in request.context.items() if not key.startswith(PASSING)}
        entry = {
            "action": request.action,
            "resource": request.resource,
            "context": dict(sorted(context.items())),
            "understood": understood,
        }
        with self._lock:
            self._found[request.action, request.resource, repr(entry["context"]), understood] = entry

    def take(self) -> list[dict[str, Any]]:
        """Return what was asked since it was taken last, in order."""
        with self._lock:
            found, self._found = self._found, {}
        return [found[key] for key in sorted(found)]
