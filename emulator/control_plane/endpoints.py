# SPDX-License-Identifier: GPL-3.0-or-later
"""The paths of our own below `/_palisade/`."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from emulator.control_plane.edge import Endpoint
from emulator.control_plane.wsgi import Answer, Environment, json_answer


def health(report: Callable[[], dict[str, Any]]) -> Endpoint:
    """Serve the state of the emulator's parts: 200 if all work, else 503."""

    def answer(environment: Environment, path: str) -> Answer:
        content = report()
        return json_answer(content, 200 if content["status"] == "ok" else 503)

    return answer


def report(report: Callable[[], object]) -> Endpoint:
    """Serve what a part of the emulator knows, for `status` and for tests."""
    return lambda environment, path: json_answer(report())
