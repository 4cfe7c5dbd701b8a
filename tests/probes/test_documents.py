# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is taken from a policy of a role, the boundary, a key or a trust, or added to it: some answer changes."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from functools import cache
from itertools import chain

import pytest
from botocore.exceptions import ClientError

from tests.e2e.site import Site
from tests.probes.asking import Stack
from tests.probes.documents import Boundary, Document, KeyPolicy, ManagedPolicy, TrustPolicy
from tests.probes.mutants import Mutant, narrowed, prefixes, widened, with_action
from tests.probes.rights import EVERY, OF_KEYS, OF_ROLES, OF_THE_BOUNDARY, OF_TRUST, Right
from tests.probes.situations import DIRECTLY, PURPOSES, Question
from tests.probes.universe import NOTHING, actions, of_a_key, of_a_role, of_trust

Tally = Callable[[str, int], None]
# "The kms:RetireGrant permission is not effective in a key policy."
# https://docs.aws.amazon.com/kms/latest/developerguide/grant-delete.html
WITHOUT_EFFECT = {(KeyPolicy, "kms:RetireGrant")}
# In the short form every so many further actions is added.
STEP = 10


@dataclass(frozen=True)
class Case:
    """A document of the stack, the rights it has to give, and what is asked about it."""

    make: type[Document]
    name: str
    rights: Mapping[str, Right]
    questions: Callable[[], Iterator[Question]]
    asker: str
    resource: str = NOTHING

    def document(self, site: Site) -> Document:
        """Return the document where it is kept."""
        return self.make(site, self.name)

    def allows(self, question: Question) -> bool:
        """Tell whether the document has to allow what is asked for."""
        return any(right.covers(question) for right in self.rights.values())

    def example(self, sid: str, action: str) -> Question:
        """Return a question that a statement would allow if it named an action."""
        right = self.rights[sid]
        asker = self.asker if right.askers == EVERY else right.askers[0]
        situation = DIRECTLY if right.situations == EVERY else right.situations[0]
        return Question(asker, action, self.resource if right.resources == EVERY else right.resources[0], situation)


CASES = {
    **{
        f"the {one} policy": Case(ManagedPolicy, one, OF_ROLES[one], lambda one=one: of_a_role(one), one)
        for one in PURPOSES
    },
    "the boundary": Case(Boundary, "boundary", OF_THE_BOUNDARY, lambda: of_a_role("task"), "task"),
    **{
        f"the {one} key": Case(KeyPolicy, one, OF_KEYS[one], lambda one=one: of_a_key(one), "task", f"the {one} key")
        for one in OF_KEYS
    },
    **{
        f"trust in the {one} role": Case(
            TrustPolicy, one, OF_TRUST[one], lambda one=one: of_trust(one), "ecs-tasks", f"the {one} role"
        )
        for one in OF_TRUST
    },
}
each = pytest.mark.parametrize("name", CASES)


@cache
def suspects(name: str, sid: str) -> tuple[list[Question], list[Question]]:
    """Return what is asked about a document: what differs in one element from what a statement allows, and the rest."""
    case = CASES[name]
    right = case.rights.get(sid, next(iter(case.rights.values())))
    example = astuple(case.example(sid if sid in case.rights else next(iter(case.rights)), right.actions[0]))
    near, far = [], []
    for question in case.questions():
        differences = sum(one != other for one, other in zip(astuple(question), example, strict=True))
        (near if differences <= 1 else far).append(question)
    return near, far


def first_wrong(asked: Stack, case: Case, questions: Iterable[Question]) -> Question | None:
    """Return a question whose answer is not what it should be."""
    for question, answer in asked.answers(questions):
        if (answer["opinions"].get(case.make.layer) == "allowed") != case.allows(question):
            return question
    return None


def noticed(asked: Stack, name: str, sid: str) -> bool:
    """Tell whether some answer is not what it should be; most mutants show in the first."""
    return any(first_wrong(asked, CASES[name], questions) is not None for questions in suspects(name, sid))


def put(document: Document, mutant: Mutant) -> bool:
    """Change a document; return whether IAM takes it: trust policies name actions by which a role is assumed only."""
    try:
        document.put(mutant.policy)
    except ClientError as error:
        if isinstance(document, TrustPolicy) and error.response["Error"]["Code"] == "MalformedPolicyDocument":
            return False
        raise
    return True


def surviving(asked: Stack, name: str, document: Document, mutants: Iterable[Mutant]) -> tuple[int, list[str]]:
    """Return how many mutants there are, and those that no answer shows."""
    count, survivors = 0, []
    with document.changing():
        for mutant in mutants:
            count += 1
            if put(document, mutant) and not noticed(asked, name, mutant.sid):
                survivors.append(mutant.change)
    return count, survivors


@each
def test_statements_are_those_that_are_expected(stack: Site, name: str) -> None:
    case = CASES[name]
    assert {statement["Sid"] for statement in case.document(stack).policy["Statement"]} == set(case.rights)


@each
def test_less_and_more_is_noticed(stack: Site, asked: Stack, tally: Tally, name: str) -> None:
    document = CASES[name].document(stack)
    mutants = chain(narrowed(document.policy), widened(document.policy))
    count, survivors = surviving(asked, name, document, mutants)
    tally("policies with an element less or more, all noticed", count)
    assert survivors == []
    assert count >= 10


def further_actions(name: str, document: Document) -> Iterator[tuple[int, str, Question]]:
    """Return every action that a statement could name as well, and what would then be allowed."""
    case = CASES[name]
    for number, statement in enumerate(document.policy["Statement"]):
        for action in chain.from_iterable(actions(prefix) for prefix in sorted(prefixes(statement))):
            question = case.example(statement["Sid"], action)
            if (case.make, action) not in WITHOUT_EFFECT and not case.allows(question):
                yield number, action, question


def add_each(asked: Stack, name: str, document: Document, step: int) -> int:
    """Add every so many action to every statement, one at a time; return how many were added."""
    case, count = CASES[name], 0
    with document.changing():
        for number, action, question in list(further_actions(name, document))[::step]:
            count += 1
            if put(document, with_action(document.policy, number, action)):
                assert first_wrong(asked, case, [question]) == question, f"{action} in statement {number}: not noticed"
    return count


@each
def test_a_further_action_is_noticed(stack: Site, asked: Stack, tally: Tally, name: str) -> None:
    tally("further actions, all noticed", add_each(asked, name, CASES[name].document(stack), STEP))


@pytest.mark.full
@each
def test_every_further_action_is_noticed(stack: Site, asked: Stack, tally: Tally, name: str) -> None:
    tally("further actions, all noticed", add_each(asked, name, CASES[name].document(stack), 1))
