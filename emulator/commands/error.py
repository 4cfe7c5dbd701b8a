# SPDX-License-Identifier: GPL-3.0-or-later
"""The one error that a command shows without a trace."""

from __future__ import annotations


class CommandError(RuntimeError):
    """A command could not do its work; the text says why and what to do."""
