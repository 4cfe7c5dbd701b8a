# SPDX-License-Identifier: GPL-3.0-or-later
"""End a run as a machine that fails does: at once, before a task."""

from __future__ import annotations

import os
import signal
from typing import Any

from ansible.plugins.callback import CallbackBase

DOCUMENTATION = """
name: end_at
type: aggregate
short_description: End a run before a task
description: PALISADE_END_AT is the end of the task's name; a number after a colon says which one of several.
"""


class CallbackModule(CallbackBase):
    """Send the run SIGKILL when it comes to the task."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "end_at"

    def __init__(self) -> None:
        super().__init__()
        self._name, _, number = os.environ["PALISADE_END_AT"].partition(":")
        self._left = int(number or 1)

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Count the tasks of the name, and end at the one that is wanted."""
        self._left -= task.get_name().endswith(self._name)
        if self._left == 0:
            os.kill(os.getpid(), signal.SIGKILL)
