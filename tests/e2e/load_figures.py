# SPDX-License-Identifier: GPL-3.0-or-later
"""What became of the requests of a load, by event."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Answer:
    """When a request was sent, how long it took, and whether it was answered, and truly."""

    sent: float
    seconds: float
    answered: bool
    wrong: bool

    @property
    def ended(self) -> float:
        """When there was an answer, or nobody waited for it any more."""
        return self.sent + self.seconds


@dataclass(frozen=True)
class Figures:
    """The figures of an event. `window` is how long after its beginning the last request was sent that failed."""

    requests: int
    failed: int
    wrong: int
    seconds: float
    window: float
    median: float
    p99: float


def figures(answers: Iterable[Answer], begin: float, end: float) -> Figures:
    """Return the figures of what ended in some time."""
    mine = [one for one in answers if begin <= one.ended <= end]
    first = mine[0].sent if mine and not begin else begin
    failed = [one.sent for one in mine if not one.answered]
    taken = sorted(one.seconds for one in mine)
    return Figures(
        requests=len(mine),
        failed=len(failed),
        wrong=sum(one.wrong for one in mine),
        seconds=end - first,
        window=max(0.0, max(failed, default=first) - first),
        median=_percentile(taken, 50),
        p99=_percentile(taken, 99),
    )


def table(rows: Mapping[str, Figures]) -> list[str]:
    """Return a table in lines, one for each event."""
    titles = ("requests", "failed", "wrong", "took s", "window s", "p50 ms", "p99 ms")
    lines = [f"{'event':<14}" + "".join(f"{title:>10}" for title in titles)]
    for name, one in rows.items():
        counts = f"{name:<14}{one.requests:>10,}{one.failed:>10,}{one.wrong:>10,}"
        times = f"{one.seconds:>10.0f}{one.window:>10.1f}{1000 * one.median:>10.0f}{1000 * one.p99:>10.0f}"
        lines.append(counts + times)
    return lines


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[max(0, math.ceil(len(ordered) * percent / 100) - 1)] if ordered else 0.0
