# SPDX-License-Identifier: GPL-3.0-or-later
"""Empty the embedded AWS."""

from __future__ import annotations

import argparse

from emulator.commands import client
from emulator.commands.error import CommandError
from emulator.settings import Settings


def reset(settings: Settings, _arguments: argparse.Namespace) -> int:
    """Forget all AWS resources and end their tasks."""
    if client.health(settings) is None:
        raise CommandError("the embedded AWS does not run; start it with: python -m emulator up")
    answer = client.ask(settings, "/moto-api/reset", method="POST", timeout=60)
    if answer is None or answer[0] != 200:
        raise CommandError(f"the reset failed; see {settings.log}")
    print("The embedded AWS is empty")
    return 0
