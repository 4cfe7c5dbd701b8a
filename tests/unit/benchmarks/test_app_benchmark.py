# SPDX-License-Identifier: GPL-3.0-or-later
"""The benchmark of the application names each bound that does not hold."""

from __future__ import annotations

import pytest

from benchmarks.app.__main__ import Row, judge


def rows(**changes: float) -> dict[str, list[Row]]:
    """Return what was measured in two rounds, of which ours differs from a good one as given."""
    good = {"cpu_ms": 2.0, "startup_s": 0.7, "memory_mb": 110.0}
    theirs = {"cpu_ms": 10.0, "startup_s": 0.1, "memory_mb": 110.0}
    return {"ours": [good | changes] * 2, "tutorial": [theirs] * 2, "static": [theirs] * 2}


def test_bounds_that_hold_are_not_mentioned() -> None:
    assert judge(rows()) == []


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"cpu_ms": 3.6}, "CPU per request is 0.360 of the tutorial's"),
        ({"startup_s": 1.6}, "the start takes 1.60 s"),
        ({"memory_mb": 257.0}, "a task takes 257 MiB"),
    ],
)
def test_bound_that_does_not_hold_is_named(change: dict[str, float], said: str) -> None:
    assert judge(rows(**change)) == [said]
