# SPDX-License-Identifier: GPL-3.0-or-later
"""Talking to a running supervisor."""

from __future__ import annotations

import http.client
import json
from typing import Any

from emulator.settings import LOOPBACK, Settings


def ask(settings: Settings, path: str, method: str = "GET", timeout: float = 5) -> tuple[int, Any] | None:
    """Return status and JSON answer of a path of the API port; nothing if nobody answers."""
    connection = http.client.HTTPConnection(LOOPBACK, settings.api_port, timeout=timeout)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, json.loads(response.read())
    except (OSError, ValueError, http.client.HTTPException):
        return None
    finally:
        connection.close()


def health(settings: Settings) -> dict[str, Any] | None:
    """Return the health report of the supervisor of this run directory; nothing if it does not answer."""
    answer = ask(settings, "/_palisade/health")
    if answer is None or not isinstance(answer[1], dict) or answer[1].get("run_dir") != str(settings.run_dir):
        return None
    return answer[1]
