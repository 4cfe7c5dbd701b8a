# SPDX-License-Identifier: GPL-3.0-or-later
"""What modules share, to be imported from the collection."""

from __future__ import annotations


def greet(name: str) -> str:
    """Greet somebody."""
    return f"Hello, {name}"
