# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Filter of the role security."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._security_facts import security_outputs


class FilterModule:
    """Offer the filter to Ansible."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        """Return the filter by name."""
        return {"security_outputs": security_outputs}
