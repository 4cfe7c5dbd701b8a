# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Stand in, through action_plugins in ansible.cfg, for the action that runs every module without one of its own.

Where the callback palisade.ecs.warm has not prepared the run, this is the stock action and nothing else.
"""

from __future__ import annotations

import sys
from importlib.machinery import SourceFileLoader
from pathlib import Path
from types import ModuleType
from typing import Any

import ansible.plugins.action

# Ansible loads this file under the name of the stock one, which therefore cannot be imported by name.
loader = SourceFileLoader("palisade_stock_normal", str(Path(ansible.plugins.action.__file__).with_name("normal.py")))
stock: Any = ModuleType(loader.name)
loader.exec_module(stock)
prepared: Any = sys.modules.get("ansible_collections.palisade.ecs.plugins.plugin_utils._warm_action")

ActionModule = (
    type("ActionModule", (prepared.WarmExecution, stock.ActionModule), {}) if prepared else stock.ActionModule
)
