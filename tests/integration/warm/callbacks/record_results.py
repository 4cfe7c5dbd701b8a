# SPDX-License-Identifier: GPL-3.0-or-later
"""Write each result to the file that RESULTS names, one line each."""

from __future__ import annotations

DOCUMENTATION = """
name: record_results
type: aggregate
short_description: Write each result to a file
description: Write each result to a file.
"""

import json
import os
from typing import Any

from ansible.plugins.callback import CallbackBase


class CallbackModule(CallbackBase):
    """Record what became of each task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "record_results"

    def _record(self, event: str, result: Any) -> None:
        line = {"event": event, "task": result.task.name, "result": dict(result.result)}
        with open(os.environ["RESULTS"], "a", encoding="utf-8") as file:
            file.write(json.dumps(line, default=repr) + "\n")

    def v2_runner_on_ok(self, result: Any) -> None:
        """Record a success."""
        self._record("ok", result)

    def v2_runner_on_failed(self, result: Any, ignore_errors: bool = False) -> None:
        """Record a failure."""
        self._record("failed", result)
