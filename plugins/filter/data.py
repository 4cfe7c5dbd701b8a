# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of the role data: the border between Ansible and the pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils import _data_facts as facts


class FilterModule:
    """Offer the filters to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"alarms_of_tables": facts.alarms_of_tables, "table_alarms": facts.table_alarms}
