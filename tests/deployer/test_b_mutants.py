# SPDX-License-Identifier: GPL-3.0-or-later
"""Whatever is taken out of a policy is missed, and whatever is another stack's is out of reach."""

from __future__ import annotations

import copy
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from fnmatch import fnmatchcase

import pytest

from deployer import boundary, page
from deployer.conditions import CARRIED, TOLD_BY_TAGS
from deployer.documents import Document
from deployer.page import listed
from deployer.question import STACK, STACK_TAG, Question
from deployer.recording import Recording
from tests.deployer.judged import allowed

pytestmark = pytest.mark.full
OTHER = "shop-other"
REQUESTED, OWNED = f"aws:requesttag/{STACK_TAG}", f"aws:resourcetag/{STACK_TAG}"
TAGS = (REQUESTED, OWNED)
ALIAS = "kms:requestalias"


def questions(recording: Recording, policy: str) -> list[Question]:
    return boundary.needed(recording.questions[policy])


def test_everything_asked_is_allowed_as_the_judge_sees_it_again(
    recording: Recording, policies: dict[str, list[Document]]
) -> None:
    for policy, asked in recording.questions.items():
        assert not [one for one in asked if not allowed(one, policies[policy])]


def test_whatever_is_taken_out_of_a_policy_is_missed(recording: Recording, policies: dict[str, list[Document]]) -> None:
    survivors, count = [], 0
    for policy in recording.questions:
        asked = questions(recording, policy)
        for name, mutant in narrower(policies[policy]):
            count += 1
            if all(allowed(one, mutant) for one in asked):
                survivors.append(f"{policy}: {name}")
    assert not survivors
    assert count > 300


def test_without_a_condition_another_stack_is_in_reach(
    recording: Recording, policies: dict[str, list[Document]]
) -> None:
    survivors, count = [], 0
    for policy in recording.questions:
        foreign = list(foreign_questions(questions(recording, policy), policies[policy]))
        assert not [one for one in foreign if allowed(one, policies[policy])]
        for name, mutant in wider(policies[policy]):
            count += 1
            if not any(allowed(one, mutant) for one in foreign):
                survivors.append(f"{policy}: {name}")
    assert not survivors
    assert count > 30


def test_every_change_to_what_is_the_stacks_is_refused_on_another_stack(
    recording: Recording, policies: dict[str, list[Document]]
) -> None:
    """What is allowed on another stack's is what the page lists: `*`, and what neither a name nor a tag tells."""
    everything = [document for policy in recording.questions for document in policies[policy]]
    every_one = [one for policy in recording.questions for one in questions(recording, policy)]
    openly = {(one.action, one.pattern) for one in every_one if of_another_stack(one) is None}
    for one in every_one:
        moved = of_another_stack(one)
        if moved is None:
            assert one.pattern == "*" or page.reason_of(one.pattern, {"Null": {}} if untagged(one) else {})
        elif not any(one.action == action and fnmatchcase(one.pattern, pattern) for action, pattern in openly):
            assert not allowed(moved, everything), moved


def narrower(policies: Sequence[Document]) -> Iterator[tuple[str, list[Document]]]:
    """Return the policies without one action, resource, value of a condition, or whole statement."""
    for number, document in enumerate(policies):
        for place, statement in enumerate(document["Statement"]):
            for name, smaller in smaller_statements(statement):
                yield f"{statement['Sid']} {name}", changed(policies, number, place, smaller)


def smaller_statements(statement: Document) -> Iterator[tuple[str, Document | None]]:
    yield "", None
    for element in ("Action", "Resource"):
        for value, left in without_each(statement[element]):
            if left:
                yield value, {**statement, element: left}
    for operator, tests in statement.get("Condition", {}).items():
        for key, values in tests.items():
            for value, left in without_each(values):
                smaller = copy.deepcopy(statement)
                smaller["Condition"][operator][key] = "false" if operator in {"Null", "Bool"} else left or ["nobody"]
                yield f"{key} {value}", smaller


def without_each(values: str | list[str]) -> Iterator[tuple[str, list[str]]]:
    for value in listed(values):
        yield value, [one for one in listed(values) if one != value]


def wider(policies: Sequence[Document]) -> Iterator[tuple[str, list[Document]]]:
    """Return the policies without one test of a condition."""
    for number, document in enumerate(policies):
        for place, statement in enumerate(document["Statement"]):
            for operator, tests in statement.get("Condition", {}).items():
                for key in tests:
                    more = copy.deepcopy(statement)
                    del more["Condition"][operator][key]
                    if not more["Condition"][operator]:
                        del more["Condition"][operator]
                    yield f"{statement['Sid']} {key}", changed(policies, number, place, more)


def changed(policies: Sequence[Document], number: int, place: int, statement: Document | None) -> list[Document]:
    found = list(policies)
    rest = list(policies[number]["Statement"])
    rest[place : place + 1] = [statement] if statement else []
    found[number] = {**policies[number], "Statement": rest}
    return found if rest else [*found[:number], *found[number + 1 :]]


def untagged(question: Question) -> bool:
    return question.service in TOLD_BY_TAGS and OWNED not in question.context


def of_another_stack(question: Question) -> Question | None:
    """Return the same call about what is another stack's, named or tagged as such; nothing if nothing tells it."""
    if STACK in question.resource:
        return replace(question, resource=question.resource.replace(STACK, OTHER))
    told = (
        {key for key in question.context if key in TAGS or key == ALIAS} if question.service in TOLD_BY_TAGS else set()
    )
    return with_other(question, told) if told else None


def with_other(question: Question, keys: Collection[str]) -> Question:
    """Return a call about what is another stack's by its tag; then its alias is not ours either."""
    other = {key: (OTHER,) for key in keys}
    if ALIAS in question.context:
        other[ALIAS] = (f"alias/{OTHER}",)
    return replace(question, context={**question.context, **other})


def foreign_questions(asked: Sequence[Question], policies: Sequence[Document]) -> Iterator[Question]:
    """Return questions that are wrong in one thing that a condition tests: whose it is, or what is done with it.

    A key that the policies do not ask for with some call, which is allowed without, is not tested.
    """
    for one in asked:
        for key in sorted(one.context.keys() & CARRIED.keys()):
            plain = {name: values for name, values in one.context.items() if name != key}
            if not allowed(replace(one, context=plain), policies):
                yield replace(one, context={**one.context, key: ("arn:aws:iam::aws:policy/other",)})
        if one.service in TOLD_BY_TAGS and STACK not in one.resource:
            yield from (with_other(one, {tag}) for tag in TAGS if tag in one.context or could_be_tagged(one, tag))


def could_be_tagged(question: Question, tag: str) -> bool:
    """Tell whether a resource could have another's tag; what the call makes has none."""
    return tag == OWNED and question.resource != "*" and not (question.makes and REQUESTED in question.context)
