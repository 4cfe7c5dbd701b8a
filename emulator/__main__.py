# SPDX-License-Identifier: GPL-3.0-or-later
"""`python -m emulator`: the embedded AWS from the command line."""

from __future__ import annotations

import argparse
import os
import sys
from pathlib import Path

from emulator import commands, settings
from emulator.commands import CommandError


def main(arguments: list[str]) -> int:
    """Run one command and return its exit code."""
    parser = _parser()
    chosen = parser.parse_args(arguments)
    try:
        code: int = chosen.run(settings.read(os.environ), chosen)
    except (CommandError, OSError, settings.SettingsError) as error:
        print(f"emulator: {error}", file=sys.stderr)
        return 1
    return code


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m emulator", description=__doc__)
    commands_parser = parser.add_subparsers(required=True, metavar="command")
    for name, run, text in (
        ("up", commands.up, "start the embedded AWS, or find that it runs"),
        ("down", commands.down, "stop it and everything that runs in its name"),
        ("status", commands.status, "say what runs and how it is; exit code 1 if anything is not well"),
        ("publish", commands.publish, "build the application's image and put it into the embedded registry"),
        ("reset", commands.reset, "forget all AWS resources and end their tasks"),
        ("disrupt", commands.disrupt, "lose zones, get them back, or interrupt what runs on Spot"),
    ):
        command = commands_parser.add_parser(name, help=text, description=text)
        command.set_defaults(run=run)
        if name == "publish":
            command.add_argument("--repository", required=True, help="the repository of the embedded registry")
            command.add_argument("--application", type=Path, default=settings.CHECKOUT / "app", help="default: app/")
        if name == "disrupt":
            command.add_argument("--lose-zone", action="append", metavar="ZONE", help="without any, all are back")
            command.add_argument("--spot", action="store_true", help="interrupt what runs on Spot, and nothing else")
        if name == "status":
            command.add_argument("--json", action="store_true", help="print one JSON object")
    return parser


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
