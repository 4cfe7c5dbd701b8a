# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of the benchmark says what was measured, and a bound that does not hold is named."""

from __future__ import annotations

import pytest

from benchmarks.warm.__main__ import DOCUMENT
from benchmarks.warm.figures import BEGIN, END, HEADING, Row, replace
from benchmarks.warm.measuring import Cost


def row(state: str, *pairs: tuple[float, float]) -> Row:
    """Return a row of pairs of stock and warm costs, with walls twice the processor time."""
    stock, warm = ([Cost(pair[number], 2 * pair[number]) for pair in pairs] for number in (0, 1))
    return Row("mine", state, 12, {"stock": stock, "warm": warm, "boto3": [Cost(0.5, 0.75)]})


def test_row_has_medians_and_the_median_of_ratios() -> None:
    text = str(row("cold", (10, 2), (20, 2), (10, 1)))
    assert text == "| mine | cold | 12 | 10.00 | 2.00 | 0.50 | **0.10** | 20.0 | 4.0 | 0.8 | **0.10** |"
    assert text.count("|") == HEADING.splitlines()[0].count("|")


@pytest.mark.parametrize(
    ("state", "warm", "complaints"),
    [
        ("no-op", 1.7, []),
        ("no-op", 1.9, ["mine, no-op: warm takes 0.190 of the stock's CPU, more than 0.18"]),
        ("cold", 2.4, []),
        ("cold", 2.6, ["mine, cold: warm takes 0.260 of the stock's CPU, more than 0.25"]),
    ],
)
def test_bound_that_does_not_hold_is_named(state: str, warm: float, complaints: list[str]) -> None:
    assert list(row(state, (10, warm)).complaints()) == complaints


def test_wall_has_a_bound_of_its_own() -> None:
    slow = Row("mine", "no-op", 1, {"stock": [Cost(10, 10)], "warm": [Cost(1, 3)]})
    assert list(slow.complaints()) == ["mine, no-op: warm takes 0.300 of the stock's wall, more than 0.25"]


def test_figures_replace_the_old_ones_only() -> None:
    document = f"before\n{BEGIN}\nold\n{END}\nafter\n"
    assert replace(document, "new") == f"before\n{BEGIN}\nnew\n{END}\nafter\n"


def test_document_has_a_place_for_the_figures() -> None:
    assert DOCUMENT.read_text(encoding="utf-8").count(BEGIN) == 1
    assert DOCUMENT.read_text(encoding="utf-8").count(END) == 1
