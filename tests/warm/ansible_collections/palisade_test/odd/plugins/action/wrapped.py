# SPDX-License-Identifier: GPL-3.0-or-later
"""An action of the collection's own, which runs a module through the API for actions."""

from __future__ import annotations

from typing import Any

from ansible.plugins.action import ActionBase


class ActionModule(ActionBase):
    """Run another module than the one that the task names."""

    def run(self, tmp: Any = None, task_vars: Any = None) -> Any:
        """Return what the other module returns."""
        result = super().run(tmp, task_vars)
        arguments = {"text": f"wrapped {self._task.args['text']}"}
        result.update(self._execute_module("palisade_test.odd.say", module_args=arguments, task_vars=task_vars))
        return result
