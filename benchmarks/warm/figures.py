# SPDX-License-Identifier: GPL-3.0-or-later
"""Medians, ratios and the table for the documentation: plain data in, text out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median

from benchmarks.warm.measuring import Cost

BEGIN = "<!-- figures: written by make bench-warm -->"
END = "<!-- end of figures -->"
# What must hold: the most that warm may cost, as a share of the stock.
MOST_PROCESSOR = {"cold": 0.25, "no-op": 0.18}
MOST_WALL = {"no-op": 0.25}
HEADING = (
    "| playbook | run | calls | stock CPU s | warm CPU s | boto3 CPU s | warm/stock CPU "
    "| stock wall s | warm wall s | boto3 wall s | warm/stock wall |\n"
    "|---|---|--:|--:|--:|--:|--:|--:|--:|--:|--:|"
)


@dataclass(frozen=True)
class Row:
    """The costs of one playbook in one state: of each way, one per pair."""

    workload: str
    state: str
    calls: int
    costs: Mapping[str, Sequence[Cost]]

    def processor(self, way: str) -> float:
        """Return the median of the processor time."""
        return median(cost.processor for cost in self.costs[way])

    def wall(self, way: str) -> float:
        """Return the median of the time that passed."""
        return median(cost.wall for cost in self.costs[way])

    @property
    def processor_ratio(self) -> float:
        """Return the median of the pairs' ratios: the two of a pair ran one after the other."""
        return median(warm.processor / stock.processor for stock, warm in self._pairs())

    @property
    def wall_ratio(self) -> float:
        """Return the median of the pairs' ratios."""
        return median(warm.wall / stock.wall for stock, warm in self._pairs())

    def _pairs(self) -> Iterator[tuple[Cost, Cost]]:
        return zip(self.costs["stock"], self.costs["warm"], strict=True)

    def __str__(self) -> str:
        """Return the row of the table."""
        processor = [f"{self.processor(way):.2f}" for way in ("stock", "warm", "boto3")]
        wall = [f"{self.wall(way):.1f}" for way in ("stock", "warm", "boto3")]
        ratios = (f"**{self.processor_ratio:.2f}**", f"**{self.wall_ratio:.2f}**")
        cells = (self.workload, self.state, str(self.calls), *processor, ratios[0], *wall, ratios[1])
        return f"| {' | '.join(cells)} |"

    def complaints(self) -> Iterator[str]:
        """Say which bounds do not hold."""
        for kind, ratio, most in (
            ("CPU", self.processor_ratio, MOST_PROCESSOR.get(self.state)),
            ("wall", self.wall_ratio, MOST_WALL.get(self.state)),
        ):
            if most is not None and ratio > most:
                yield f"{self.workload}, {self.state}: warm takes {ratio:.3f} of the stock's {kind}, more than {most}"


def replace(document: str, figures: str) -> str:
    """Return a document with other figures between its markers."""
    before, rest = document.split(BEGIN)
    _, after = rest.split(END)
    return f"{before}{BEGIN}\n{figures}\n{END}{after}"
