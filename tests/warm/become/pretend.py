# SPDX-License-Identifier: GPL-3.0-or-later
# ruff: noqa: E402 - Ansible reads DOCUMENTATION before the imports
"""Become nobody else, so that privilege escalation can be tested without privileges."""

from __future__ import annotations

DOCUMENTATION = """
name: pretend
short_description: Run the command as the same user, with a variable that shows it
description: Needs neither a password nor another user.
author: Palisade contributors
options:
  become_user: {description: Ignored., type: str, default: root}
  become_exe: {description: Ignored., type: str}
  become_flags: {description: Ignored., type: str}
  become_pass: {description: Ignored., type: str}
"""

from typing import Any

from ansible.plugins.become import BecomeBase


class BecomeModule(BecomeBase):
    """Set a variable."""

    name = "pretend"

    def build_become_command(self, cmd: Any, shell: Any) -> Any:
        """Return the command that runs what was asked for."""
        super().build_become_command(cmd, shell)
        return f"PALISADE_TEST_BECAME=yes {self._build_success_command(cmd, shell)}" if cmd else cmd
