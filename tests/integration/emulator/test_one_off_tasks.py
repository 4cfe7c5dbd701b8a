# SPDX-License-Identifier: GPL-3.0-or-later
"""A task that is run once, through the module ecs_task_run: a real process, to its end."""

from __future__ import annotations
