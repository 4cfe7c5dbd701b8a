# SPDX-License-Identifier: GPL-3.0-or-later
"""LocalStack serves more AWS APIs, by the moto that it embeds."""

from __future__ import annotations

import importlib.metadata


def refuse_the_environment_of_the_tools() -> None:
    """Raise RuntimeError where Ansible is: LocalStack needs other versions of what the tools and the emulator use."""
    try:
        found = importlib.metadata.version("ansible-core")
    except importlib.metadata.PackageNotFoundError:
        return
    raise RuntimeError(
        f"ansible-core {found} is installed here: LocalStack and its plugin need an environment of their own"
    )


refuse_the_environment_of_the_tools()
