# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""The sizes of task that Fargate offers: a pure function.

https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html#fargate-tasks-size
"""

from __future__ import annotations

# CPU units -> least memory, most memory and step, in MiB. 256 units are special: 512, 1024 or 2048.
MEMORY = {
    512: (1024, 4096, 1024),
    1024: (2048, 8192, 1024),
    2048: (4096, 16384, 1024),
    4096: (8192, 30720, 1024),
    8192: (16384, 61440, 4096),
    16384: (32768, 122880, 8192),
}
SMALLEST = {256: [512, 1024, 2048]}


def fargate_memory(cpu: int) -> list[int]:
    """Return the sizes of memory in MiB that a task of so many CPU units may have, none if there is no such task."""
    if cpu in SMALLEST:
        return SMALLEST[cpu]
    if cpu not in MEMORY:
        return []
    least, most, step = MEMORY[cpu]
    return list(range(least, most + 1, step))
