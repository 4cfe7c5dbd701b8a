# SPDX-License-Identifier: GPL-3.0-or-later
"""What `python -m emulator` can do, one command per file."""

from __future__ import annotations

from emulator.commands.disrupt import disrupt
from emulator.commands.down import down
from emulator.commands.error import CommandError
from emulator.commands.publish import publish
from emulator.commands.reset import reset
from emulator.commands.status import status
from emulator.commands.up import up

__all__ = ["CommandError", "disrupt", "down", "publish", "reset", "status", "up"]
