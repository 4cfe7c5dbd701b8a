# SPDX-License-Identifier: GPL-3.0-or-later
"""The corpus, and the comparison of what two runs of it said."""

from __future__ import annotations

from collections.abc import Iterator

from tests.warm import normalisation
from tests.warm.recording import CHECKOUT, HERE, Recording, Run

CORPUS = HERE / "corpus"
# In each list, what runs later finds what ran earlier on the same embedded AWS.
SHORT = [Run(CORPUS / "quick.yml", ("--diff", "-vvv"))]
LONGER = [
    Run(CORPUS / "results.yml"),
    Run(CORPUS / "fallbacks.yml"),
]
LONGEST = [
    Run(CORPUS / "keywords.yml"),
    Run(CORPUS / "tracebacks.yml", variables={"ANSIBLE_DISPLAY_TRACEBACK": "always"}),
    Run(CORPUS / "quick.yml", ("--check", "--diff")),
]
FULL = [
    *SHORT,
    *LONGER,
    *LONGEST,
    Run(CORPUS / "quick.yml", ("--check", "--diff", "-e", "size=large")),
    Run(CORPUS / "keywords.yml", ("-vvv", "--diff")),
    Run(CORPUS / "fallbacks.yml", ("-vvv",)),
    Run(CORPUS / "results.yml", ("--check",)),
    Run(CORPUS / "aws.yml", ("--check", "--diff")),
    Run(CORPUS / "aws.yml"),
    Run(CORPUS / "aws.yml"),
    Run(CORPUS / "aws.yml", ("--check", "--diff", "-e", "size=large")),
    Run(CORPUS / "aws.yml", ("--diff", "-e", "size=large")),
    Run(CORPUS / "aws_absent.yml"),
    Run(CORPUS / "data.yml", ("--check", "--diff")),
    Run(CORPUS / "data.yml", ("--diff",)),
    Run(CORPUS / "data.yml", ("--diff", "-e", "size=large")),
    Run(CORPUS / "network.yml", ("--check", "--diff")),
    Run(CORPUS / "network.yml", ("--diff",)),
    Run(CORPUS / "network.yml", ("--diff", "-e", "size=large")),
    Run(CORPUS / "edge.yml", ("--check", "--diff")),
    Run(CORPUS / "edge.yml", ("--diff",)),
    Run(CORPUS / "edge.yml", ("--diff", "-e", "size=large")),
    Run(CHECKOUT / "benchmarks" / "warm" / "foreign.yml"),
    Run(CHECKOUT / "benchmarks" / "warm" / "foreign.yml", ("--check", "--diff")),
]


def compare(stock: Recording, warm: Recording) -> Iterator[str]:
    """Say in what two runs differ; nothing is said of runs that are equal."""
    if stock.code != warm.code:
        yield f"exit code: stock {stock.code}, warm {warm.code}"
    yield from normalisation.differing_results(
        normalisation.results(stock.results), normalisation.results(warm.results)
    )
    for kind, one, other in (("output", stock.output, warm.output), ("errors", stock.errors, warm.errors)):
        yield from normalisation.differing_lines(kind, normalisation.output(one), normalisation.output(other))
