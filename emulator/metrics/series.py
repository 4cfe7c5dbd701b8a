# SPDX-License-Identifier: GPL-3.0-or-later
"""What was measured, minute by minute."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Mapping

MINUTES_KEPT = 60
# Of more values in a minute, percentiles are those of the first ones.
SAMPLES_KEPT = 10_000
Key = tuple[str, frozenset[tuple[str, str]]]


def key_of(metric: str, dimensions: Mapping[str, str]) -> Key:
    """Name a metric."""
    return metric, frozenset(dimensions.items())


class Series:
    """The values of each metric of a namespace in each of the last minutes."""

    def __init__(self) -> None:
        self._minutes: dict[int, dict[Key, list[float]]] = defaultdict(lambda: defaultdict(list))
        self._counts: dict[int, dict[Key, int]] = defaultdict(lambda: defaultdict(int))

    def add(self, minute: int, key: Key, value: float) -> None:
        """Note a value."""
        kept = self._minutes[minute][key]
        self._counts[minute][key] += 1
        if len(kept) < SAMPLES_KEPT:
            kept.append(value)

    def statistic(self, minute: int, key: Key, name: str) -> float | None:
        """Return a statistic of a metric in a minute, nothing if nothing was measured."""
        values = self._minutes[minute].get(key) if minute in self._minutes else None
        if not values:
            return None
        average = sum(values) / len(values)
        simple = {
            "Average": average,
            "Maximum": max(values),
            "Minimum": min(values),
            "SampleCount": float(self._counts[minute][key]),
            "Sum": average * self._counts[minute][key],
        }
        return simple[name] if name in simple else _percentile(values, name)

    def forget(self, minute: int) -> None:
        """Forget what is too old for any alarm."""
        for old in [one for one in self._minutes if one < minute - MINUTES_KEPT]:
            del self._minutes[old]
            self._counts.pop(old, None)


def _percentile(values: list[float], name: str) -> float | None:
    if not name.startswith("p"):
        return None
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * float(name[1:]) / 100) - 1)]
