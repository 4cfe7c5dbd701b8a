# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which tags a resource has after a run."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import compare_aws_tags


def merged(current: Mapping[str, str], params: Mapping[str, Any]) -> dict[str, str]:
    """Return the tags that a resource has afterwards; those of AWS's own, aws:..., nobody else can take away."""
    _to_set, to_unset = compare_aws_tags(dict(current), params["tags"], purge_tags=params["purge_tags"])
    return {**{key: value for key, value in current.items() if key not in to_unset}, **params["tags"]}
