# SPDX-License-Identifier: GPL-3.0-or-later
"""The volumes that a container may write to."""

from __future__ import annotations

import re

from ansible_collections.palisade.ecs.plugins.plugin_utils._scratch import scratch_volumes


def test_each_directory_has_a_volume_of_a_name_that_ecs_takes() -> None:
    found = scratch_volumes(["/tmp", "/var/cache/my app/"])  # noqa: S108 - in a container
    names = [one["name"] for one in found["volumes"]]
    assert names == ["scratch-tmp", "scratch-var-cache-my-app"]
    assert all(re.fullmatch("[A-Za-z0-9_-]{1,255}", name) for name in names)
    assert [one["sourceVolume"] for one in found["mount_points"]] == names
    assert found["mount_points"][1]["containerPath"] == "/var/cache/my app/"


def test_without_directories_there_is_nothing() -> None:
    assert scratch_volumes([]) == {"volumes": [], "mount_points": []}
