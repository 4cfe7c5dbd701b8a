# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""The error of the pure functions of the role network."""

from __future__ import annotations


class NetworkProblem(ValueError):
    """An input of the network cannot work; the message names the variable and says what was expected."""
