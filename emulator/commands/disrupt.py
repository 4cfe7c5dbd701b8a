# SPDX-License-Identifier: GPL-3.0-or-later
"""Take something away from the embedded AWS."""

from __future__ import annotations

import argparse

from emulator.commands import client
from emulator.commands.error import CommandError
from emulator.settings import Settings


def disrupt(settings: Settings, arguments: argparse.Namespace) -> int:
    """Lose zones, or get all back, or interrupt what runs on Spot."""
    if client.health(settings) is None:
        raise CommandError("the embedded AWS does not run; start it with: python -m emulator up")
    path = "spot" if arguments.spot else f"zones/{','.join(arguments.lose_zone or [])}"
    answer = client.ask(settings, f"/_palisade/disruptions/{path}", method="POST")
    if answer is None or answer[0] != 200:
        raise CommandError(f"that failed; see {settings.log}")
    lost = answer[1]["lost_zones"]
    print("Tasks on Spot are interrupted" if arguments.spot else f"Zones that are lost: {', '.join(lost) or 'none'}")
    return 0
