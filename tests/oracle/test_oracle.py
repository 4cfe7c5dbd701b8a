# SPDX-License-Identifier: GPL-3.0-or-later
"""Our judge and an independent one agree on every case, and the cases would show if ours were wrong."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from emulator.authorizer import documents
from emulator.authorizer.operators import OPERATORS
from emulator.authorizer.policy import Decision
from tests.oracle import combined, directed, generated, oracle
from tests.oracle.case import Case
from tests.oracle.exclusions import EXCLUSIONS, Exclusion, reasons_to_exclude
from tests.oracle.mutants import MUTANTS, Mutation

GENERATED = 1500
FEWEST_COMPARED = 14_000


@dataclass(frozen=True)
class Comparison:
    """The cases with the oracle's decisions on them, and how many were left out, by kind."""

    compared: list[tuple[Case, dict[str, Decision]]]
    excluded: Counter[str]
    left_out: int


@pytest.fixture(scope="session")
def ask() -> oracle.Ask:
    """Install the oracle, and return how to ask it."""
    oracle.require_node()
    oracle.install()
    return oracle.ask


@pytest.fixture(scope="session")
def comparison(ask: oracle.Ask) -> Comparison:
    """Ask the oracle about every case that is not of a kind that is left out."""
    cases = [*directed.cases(), *generated.cases(GENERATED), *combined.cases(GENERATED)]
    reasons = {id(case): reasons_to_exclude(case) for case in cases}
    kept = [case for case in cases if not reasons[id(case)]]
    answers = ask(kept)
    assert [(case.name, answer.refusal) for case, answer in zip(kept, answers, strict=True) if answer.refusal] == []
    excluded = Counter(name for names in reasons.values() for name in names)
    decisions = [answer.decisions for answer in answers]
    return Comparison(list(zip(kept, decisions, strict=True)), excluded, len(cases) - len(kept))


@pytest.fixture(scope="session")
def answers_to_examples(ask: oracle.Ask) -> dict[str, oracle.Answer]:
    """Ask the oracle about an example of each kind that is left out."""
    answers = ask([exclusion.example for exclusion in EXCLUSIONS])
    return {exclusion.name: answer for exclusion, answer in zip(EXCLUSIONS, answers, strict=True)}


def differences(comparison: Comparison) -> list[str]:
    """Return the cases on which our judge decides otherwise, at most one once there is one."""
    for case, decisions in comparison.compared:
        ours = case.judged()
        if ours != decisions:
            return [f"{case}: the oracle says {decisions}, we say {ours}"]
    return []


def test_judge_and_oracle_agree(comparison: Comparison, tally: Callable[[str, int], None]) -> None:
    tally("cases in which judge and oracle were compared", len(comparison.compared))
    tally("their decisions", sum(len(decisions) for _, decisions in comparison.compared))
    tally("cases left out", comparison.left_out)
    for name, count in comparison.excluded.items():
        tally(f"cases left out: {name}", count)
    assert differences(comparison) == []
    assert len(comparison.compared) >= FEWEST_COMPARED
    assert comparison.left_out < len(comparison.compared) / 5


def test_cases_reach_every_decision_by_every_kind_of_policy(comparison: Comparison) -> None:
    reached = Counter((kind, decision) for _, decisions in comparison.compared for kind, decision in decisions.items())
    expected = [(kind, decision) for kind in ("identity", "endpoint", "resource", "combined") for decision in Decision]
    assert [pair for pair in expected if reached[pair] < 30] == []


@pytest.mark.parametrize("operator", [*OPERATORS, "Null"])
def test_cases_have_every_operator_that_holds_and_that_does_not(comparison: Comparison, operator: str) -> None:
    found = {
        decisions["identity"]
        for case, decisions in comparison.compared
        if case.name.startswith(f"{operator} ") and not case.name.endswith("Deny")
    }
    assert found == {Decision.ALLOWED, Decision.IMPLICITLY_DENIED}


@pytest.mark.parametrize("exclusion", EXCLUSIONS, ids=lambda exclusion: exclusion.name)
def test_kind_is_left_out_because_the_oracle_differs_from_what_aws_documents(
    answers_to_examples: dict[str, oracle.Answer], exclusion: Exclusion
) -> None:
    assert reasons_to_exclude(exclusion.example) == [exclusion.name]
    assert set(exclusion.example.judged().values()) == {exclusion.documented}
    assert set(answers_to_examples[exclusion.name].decisions.values()) != {exclusion.documented}


@pytest.mark.parametrize("mutation", MUTANTS.values(), ids=MUTANTS)
def test_wrong_judge_is_caught(comparison: Comparison, monkeypatch: pytest.MonkeyPatch, mutation: Mutation) -> None:
    documents.read.cache_clear()
    mutation(monkeypatch)
    try:
        assert len(differences(comparison)) == 1
    finally:
        documents.read.cache_clear()


def test_oracle_is_pinned_and_no_address_is_in_its_lock_file() -> None:
    wanted = json.loads((oracle.HERE / "package.json").read_text())["dependencies"]
    text = (oracle.HERE / "package-lock.json").read_text()
    packages = json.loads(text)["packages"]
    assert all(packages[f"node_modules/{name}"]["version"] == version for name, version in wanted.items())
    assert all(package["integrity"] for name, package in packages.items() if name)
    assert "resolved" not in text
    assert "://" not in text
