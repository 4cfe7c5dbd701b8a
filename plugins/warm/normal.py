# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand in for the action that runs every module without an action of its own, through action_plugins in ansible.cfg.

Where the callback palisade.ecs.warm has not prepared the run, this is the stock action and nothing else.
"""

from __future__ import annotations

import sys
from importlib.util import module_from_spec, spec_from_file_location
from pathlib import Path

import ansible.plugins.action

# Ansible loads this file under the name of the stock one, which therefore cannot be imported by name.
spec = spec_from_file_location("palisade_stock_normal", Path(ansible.plugins.action.__file__).with_name("normal.py"))
stock = module_from_spec(spec)
spec.loader.exec_module(stock)

prepared = sys.modules.get("ansible_collections.palisade.ecs.plugins.plugin_utils._warm_action")
if prepared:

    class ActionModule(prepared.WarmExecution, stock.ActionModule):
        """The stock action with modules run warm."""

else:
    ActionModule = stock.ActionModule
