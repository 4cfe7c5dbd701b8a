# SPDX-License-Identifier: GPL-3.0-or-later
"""How long each stage of a deployment lasted, as it was seen."""

from __future__ import annotations

from ansible_collections.palisade.ecs.plugins.module_utils._ecs_deployment_watch import Stages


def test_stages_last_until_the_next_one_is_seen() -> None:
    stages = Stages()
    for stage, now in (("", 0.0), ("SCALE_UP", 10.0), ("SCALE_UP", 20.0), ("BAKE_TIME", 31.0), ("", 40.0), ("", 90.0)):
        stages.enter(stage, now)
    assert stages.seconds(100.0) == {"SCALE_UP": 21, "BAKE_TIME": 9}


def test_the_last_one_lasts_until_now_and_one_that_comes_again_counts_twice() -> None:
    stages = Stages()
    for stage, now in (("SCALE_UP", 0.0), ("BAKE_TIME", 5.0), ("SCALE_UP", 7.0)):
        stages.enter(stage, now)
    assert stages.seconds(10.0) == {"SCALE_UP": 8, "BAKE_TIME": 2}


def test_a_rolling_deployment_has_none() -> None:
    assert Stages().seconds(10.0) == {}
