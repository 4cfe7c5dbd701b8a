# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Form security_outputs from what AWS describes: a pure function over plain data."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.palisade.ecs.plugins.plugin_utils._network_facts import placeholder

Facts = Mapping[str, Any]


def security_outputs(
    groups: Sequence[Facts], stack: str, keys: Sequence[Facts], certificate_arn: str, certificates: Sequence[Facts]
) -> dict[str, str]:
    """Return security_outputs, with placeholders for what is not there yet (the dry run of an empty account)."""
    by_name = {group["group_name"]: group["group_id"] for group in groups}
    imported = certificates[0]["certificate_arn"] if certificates else ""
    return {
        "alb_security_group_id": by_name.get(f"{stack}-alb", placeholder("sg")),
        "task_security_group_id": by_name.get(f"{stack}-task", placeholder("sg", 1)),
        "key_arn": keys[0]["key_arn"] if keys else "",
        "certificate_arn": certificate_arn or imported,
    }
