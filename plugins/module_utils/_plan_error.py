# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""How the plan of a module refuses."""

from __future__ import annotations


class PlanError(Exception):
    """What a module refuses to do; the message names the variable or resource, what was expected, and what to do."""
