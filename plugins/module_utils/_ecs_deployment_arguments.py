# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""The arguments of the module ecs_deployment."""

from __future__ import annotations

from typing import Any

ARGUMENT_SPEC: dict[str, Any] = {
    "state": {"type": "str", "choices": ["registered", "deployed", "followed"], "default": "deployed"},
    "cluster": {"type": "str", "required": True},
    "service": {"type": "str", "required": True},
    "task_definition": {"type": "dict"},
    "revision": {"type": "str"},
    "rollback": {"type": "bool", "default": False},
    "bake_time": {"type": "int", "default": 0},
    "wait_timeout": {"type": "int", "default": 900},
    "rollback_on_timeout": {"type": "bool", "default": False},
    "wait_interval": {"type": "int", "default": 10},
}
