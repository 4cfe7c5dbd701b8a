# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filters of playbooks/teardown.yml: the border between Ansible and the pure functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils import _teardown as teardown


class FilterModule:
    """Offer the filters to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filters by name."""
        return {"removed": teardown.removed, "teardown_scope": teardown.teardown_scope}
