# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Prepare a run of Ansible for warm execution."""

from __future__ import annotations

DOCUMENTATION = r"""
name: warm
type: aggregate
author: Palisade contributors (!UNKNOWN)
short_description: Run modules of AWS collections in a fork of the running Ansible
version_added: 0.1.0
description:
  - Imports boto3 and what else the modules of a run need once, in the Ansible process, so that a module runs in a fork
    of it at a fraction of the cost of a new Python process. Needs C(plugins/warm) of this collection in
    C(action_plugins).
  - Only where the result is known to be the stock's. A task takes the stock path when it becomes another user, is
    asynchronous, has a connection other than V(local) or an interpreter other than the running one, or sets a variable
    that is read when a process starts, such as C(PYTHONPATH); so does every task under an unknown ansible-core or on
    another system than Linux, which is said once.
  - No process outlives its task and nothing is kept from one task for another.
options:
  enabled:
    description: Whether modules run warm.
    type: bool
    default: true
    env: [{name: PALISADE_WARM}]
    ini: [{section: palisade_warm, key: enabled}]
  collections:
    description: The collections whose modules run warm.
    type: list
    elements: str
    default: [amazon.aws, community.aws, palisade.ecs]
    env: [{name: PALISADE_WARM_COLLECTIONS}]
    ini: [{section: palisade_warm, key: collections}]
requirements:
  - ansible-core 2.19 to 2.21
  - Linux
"""

EXAMPLES = r"""
ansible.cfg: |
  [defaults]
  action_plugins = ~/.ansible/collections/ansible_collections/palisade/ecs/plugins/warm
  callbacks_enabled = palisade.ecs.warm
"""

import sys
from importlib import import_module
from typing import Any

from ansible.plugins.callback import CallbackBase
from ansible.release import __version__
from ansible_collections.palisade.ecs.plugins.plugin_utils import _warm_eligibility as eligibility

UTILITIES = "ansible_collections.palisade.ecs.plugins.plugin_utils."


class CallbackModule(CallbackBase):
    """Import what a task needs just before Ansible forks its worker."""

    CALLBACK_VERSION = 2.0
    CALLBACK_TYPE = "aggregate"
    CALLBACK_NAME = "palisade.ecs.warm"
    CALLBACK_NEEDS_ENABLED = True

    def __init__(self) -> None:
        """Prepare nothing before the options are known."""
        super().__init__()
        self.collections: tuple[str, ...] = ()
        self.preload: Any = None

    def set_options(self, *args: Any, **kwargs: Any) -> None:
        """Prepare the action for this run, or say once why it cannot be."""
        super().set_options(*args, **kwargs)
        if not self.get_option("enabled"):
            return
        if obstacle := eligibility.run_obstacle(__version__, sys.platform):
            self._display.warning(f"palisade.ecs.warm: all tasks take the stock path: {obstacle}")
            return
        # Not before: this uses parts of ansible-core that another version may not have.
        with import_module(f"{UTILITIES}_warm_source").installed_source():
            action = import_module(f"{UTILITIES}_warm_action").WarmExecution
        self.collections = action.collections = tuple(self.get_option("collections"))
        self.preload = action.preload

    def v2_playbook_on_task_start(self, task: Any, is_conditional: bool) -> None:
        """Import what the module of a task needs."""
        name = task.resolved_action or task.action
        if eligibility.is_listed(name, self.collections):
            self.preload.module(name)

    def v2_playbook_on_handler_task_start(self, task: Any) -> None:
        """Import what the module of a handler needs."""
        self.v2_playbook_on_task_start(task, is_conditional=False)
