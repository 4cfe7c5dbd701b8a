# SPDX-License-Identifier: GPL-3.0-or-later
"""LocalStack serves more AWS APIs, by the moto that it embeds."""

from __future__ import annotations

import importlib.metadata


def refuse_the_moto_of_others() -> None:
    """Raise RuntimeError where moto itself is installed: moto-ext has the same files, and one would break the other."""
    try:
        found = importlib.metadata.version("moto")
    except importlib.metadata.PackageNotFoundError:
        return
    raise RuntimeError(f"moto {found} is installed here: LocalStack and its plugin need an environment of their own")


refuse_the_moto_of_others()
