# SPDX-License-Identifier: GPL-3.0-or-later
"""The sizes of task that Fargate offers."""

from __future__ import annotations

import pytest
from ansible_collections.palisade.ecs.plugins.plugin_utils._fargate import fargate_memory


@pytest.mark.parametrize(
    ("cpu", "least", "most", "count"),
    [
        (256, 512, 2048, 3),
        (512, 1024, 4096, 4),
        (1024, 2048, 8192, 7),
        (2048, 4096, 16384, 13),
        (4096, 8192, 30720, 23),
        (8192, 16384, 61440, 12),
        (16384, 32768, 122880, 12),
    ],
)
def test_each_cpu_has_its_range_of_memory(cpu: int, least: int, most: int, count: int) -> None:
    sizes = fargate_memory(cpu)
    assert (sizes[0], sizes[-1], len(sizes)) == (least, most, count)


def test_cpu_that_fargate_does_not_offer_has_no_memory() -> None:
    assert fargate_memory(300) == []
