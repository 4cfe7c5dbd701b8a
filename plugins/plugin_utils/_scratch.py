# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""Form the volumes that a container may write to: a pure function over plain data."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any


def scratch_volumes(directories: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    """Return C(volumes) of a task and C(mount_points) of its container, empty when the task starts and gone with it.

    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/bind-mounts.html
    """
    names = {path: "scratch" + re.sub("[^A-Za-z0-9]+", "-", f"/{path}".rstrip("/")) for path in directories}
    return {
        "volumes": [{"name": name} for name in names.values()],
        "mount_points": [{"sourceVolume": name, "containerPath": path} for path, name in names.items()],
    }
