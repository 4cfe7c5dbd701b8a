# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Find misspelt variables of an inventory."""

from __future__ import annotations

DOCUMENTATION = r"""
name: unknown_inputs
author: Palisade contributors (!UNKNOWN)
short_description: Find misspelt inputs of the collection
version_added: 0.1.0
description:
  - Ansible ignores a variable that nobody reads, so a misspelt input silently leaves its default in force. This lookup
    compares the variables of a host with the inputs of the roles, as their argument specifications list them.
options:
  _terms:
    description: Not used.
    type: list
    elements: str
"""

EXAMPLES = r"""
- name: Refuse misspelt variables
  ansible.builtin.assert:
    that: query('palisade.ecs.unknown_inputs') | length == 0
"""

RETURN = r"""
_raw:
  description: One sentence for each variable that is not an input, with the input that may have been meant.
  type: list
  elements: str
  sample: ["network_az_cuont is not an input; did you mean network_az_count?"]
"""

from pathlib import Path
from typing import Any

import yaml
from ansible.plugins.lookup import LookupBase
from ansible_collections.palisade.ecs.plugins.plugin_utils._known_inputs import unknown_inputs

ROLES = Path(__file__).resolve().parents[2] / "roles"


class LookupModule(LookupBase):
    """Give ``query('palisade.ecs.unknown_inputs')`` its answer."""

    def run(self, terms: list[str], variables: dict[str, Any] | None = None, **kwargs: Any) -> list[str]:
        """Return a sentence for each variable that is not an input."""
        options: set[str] = set()
        for path in ROLES.glob("*/meta/argument_specs.yml"):
            options |= set(yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"])
        return unknown_inputs(variables or {}, options)
