# SPDX-License-Identifier: GPL-3.0-or-later
"""Build the application's image and put it into the embedded registry."""

from __future__ import annotations

import argparse
import json

from emulator.commands.error import CommandError
from emulator.images import registry
from emulator.images.build import BuildError, build
from emulator.images.registry import RegistryError
from emulator.settings import Settings


def publish(settings: Settings, arguments: argparse.Namespace) -> int:
    """Print what the registry holds as the last line, as JSON."""
    try:
        bundle = build(arguments.application, settings.images)
        print(json.dumps(registry.put(bundle, arguments.repository, settings)))
    except (BuildError, FileNotFoundError, RegistryError) as error:
        raise CommandError(str(error)) from error
    return 0
