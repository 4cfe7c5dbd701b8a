# SPDX-License-Identifier: GPL-3.0-or-later
"""Every role, action, resource and situation: each kind of policy says what it has to, and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import pytest

from tests.probes.asking import Stack, said, wanted, wanted_together
from tests.probes.rights import OF_KEYS, OF_ROLES, OF_TRUST
from tests.probes.situations import PURPOSES, Question
from tests.probes.universe import of_a_key, of_a_role, of_trust

Tally = Callable[[str, int], None]
ALL = {
    **{f"the {purpose} role": lambda purpose=purpose: of_a_role(purpose) for purpose in PURPOSES},
    **{f"the {key} key": lambda key=key: of_a_key(key) for key in OF_KEYS},
    **{f"trust in the {purpose} role": lambda purpose=purpose: of_trust(purpose) for purpose in OF_TRUST},
}
LEAST = 130_000
# In the short form every so many questions is asked, and all whose answer has to be yes.
STEP = 13


def check(stack: Stack, questions: Iterable[Question]) -> int:
    """Return how many questions there are, all of which have been answered as they had to be."""
    count, wrong = 0, []
    for question, answer in stack.answers(questions):
        count += 1
        together = not answer["denied_by"]
        if said(question, answer) != wanted(question) or together != wanted_together(question):
            wrong.append(f"{question}: {answer}")
    assert wrong == []
    return count


@pytest.mark.parametrize("about", ALL)
def test_every_kind_of_policy_says_yes_where_it_has_to_and_seldom_else(asked: Stack, tally: Tally, about: str) -> None:
    questions = [one for number, one in enumerate(ALL[about]()) if number % STEP == 0 or wanted_together(one)]
    tally("questions that were asked", check(asked, questions))


@pytest.mark.full
@pytest.mark.parametrize("about", ALL)
def test_every_kind_of_policy_says_what_it_has_to(asked: Stack, tally: Tally, about: str) -> None:
    tally("questions that were asked", check(asked, ALL[about]()))


def test_everything_is_asked() -> None:
    assert sum(1 for questions in ALL.values() for _ in questions()) >= LEAST


@pytest.mark.parametrize("purpose", PURPOSES)
def test_every_right_of_a_role_is_one_that_nothing_is_against(asked: Stack, purpose: str) -> None:
    """Identity, boundary and key have to agree, or a right would be worth nothing."""
    for sid, right in OF_ROLES[purpose].items():
        covered = [one for one in of_a_role(purpose) if right.covers(one)]
        allowed = {one.action for one, answer in asked.answers(covered) if not answer["denied_by"]}
        assert allowed == set(right.actions), sid
