# SPDX-License-Identifier: GPL-3.0-or-later
"""Statements that allow what was asked for, and next to nothing else."""

from __future__ import annotations

import fnmatch
import json
import re
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from deployer.conditions import LISTED, Condition, condition
from deployer.question import Question

EVERYTHING = "*"


@dataclass
class Statement:
    """Actions of one service under one condition, each on resources of its own types; or on `*`, which is no type."""

    service: str
    on_everything: bool
    condition: Condition
    resources: dict[str, set[str]] = field(default_factory=dict)
    # Types on which one of the actions is asked for under another condition only, so that they must not come in here.
    barred: set[str] = field(default_factory=set)

    @property
    def patterns(self) -> list[str]:
        """Return the resources in order."""
        return sorted({pattern for found in self.resources.values() for pattern in found})

    def takes(self, other: Statement) -> bool:
        """Tell whether the actions of another fit in: none may get a resource that it was not asked for.

        A resource of a type that an action does not know means nothing to it.
        """
        kinds, others = ({kind(pattern) for pattern in one.patterns} for one in (self, other))
        return (
            not (kinds & other.barred or others & self.barred)
            and (self.service, self.on_everything) == (other.service, other.on_everything)
            and _identity(self.condition) == _identity(other.condition)
            and all(_agree(ours, theirs) for ours in self.resources.values() for theirs in other.resources.values())
        )

    def take(self, other: Statement) -> None:
        """Add the actions of another, with their resources and the values of listed keys."""
        for action, patterns in other.resources.items():
            self.resources[action] = widest({*self.resources.get(action, ()), *patterns})
        self.barred |= other.barred
        for operator, tests in other.condition.items():
            for key, values in tests.items():
                self.condition[operator][key] = tuple(sorted({*self.condition[operator][key], *values}))

    def written(self, name: str) -> dict[str, Any]:
        """Return the statement as IAM takes it."""
        found: dict[str, Any] = {
            "Sid": name,
            "Effect": "Allow",
            "Action": _short(sorted(self.resources)),
            "Resource": _short(self.patterns),
        }
        if self.condition:
            found["Condition"] = {
                operator: {key: _short(list(values)) for key, values in sorted(tests.items())}
                for operator, tests in sorted(self.condition.items())
            }
        return found


def statements(questions: Iterable[Question]) -> list[Statement]:
    """Return statements that allow all questions, in order of service, condition and action."""
    found: list[Statement] = []
    for one in _by_action(questions):
        home = next((statement for statement in found if statement.takes(one)), None)
        if home is None:
            found.append(one)
        else:
            home.take(one)
    return found


def _by_action(questions: Iterable[Question]) -> list[Statement]:
    """Return a statement for each action under each condition, with all resources that it was asked for."""
    found: dict[tuple[str, bool, str, str], Statement] = {}
    ones = [(question.action, _of(question)) for question in questions]
    # Before values of listed keys come together, which would hide what is covered.
    needed = [(action, one) for action, one in ones if not any(_covers(other, one) for _, other in ones)]
    for action, one in needed:
        key = (one.service, not one.on_everything, _identity(one.condition), action)
        if key in found:
            found[key].take(one)
        else:
            found[key] = one
    _bar(found.values())
    return [found[key] for key in sorted(found)]


def _of(question: Question) -> Statement:
    everything = question.pattern == EVERYTHING
    return Statement(question.service, everything, condition(question), {question.action: {question.pattern}})


def _covers(wide: Statement, narrow: Statement) -> bool:
    """Tell whether a statement allows the same action on the same resources with fewer tests."""
    if wide.resources.keys() != narrow.resources.keys() or not set(narrow.patterns) <= set(wide.patterns):
        return False
    tests, more = (
        {(op, key): ones[key] for op, ones in one.condition.items() for key in ones} for one in (wide, narrow)
    )
    return tests != more and all(more.get(test) == values for test, values in tests.items())


def _bar(found: Iterable[Statement]) -> None:
    """Note on which types each action is asked for elsewhere."""
    known: dict[str, set[str]] = {}
    for one in found:
        for action in one.resources:
            known.setdefault(action, set()).update(kind(pattern) for pattern in one.patterns)
    for one in found:
        for action in one.resources:
            one.barred |= known[action] - {kind(pattern) for pattern in one.patterns}


def kind(pattern: str) -> str:
    """Return the type of a resource: the first word of the last part of its ARN, for a bucket its name."""
    return EVERYTHING if pattern == EVERYTHING else re.split("[/:]", pattern.split(":", 5)[5])[0]


def widest(patterns: set[str]) -> set[str]:
    """Leave out the patterns that another one covers."""
    return {one for one in patterns if not any(one != other and fnmatch.fnmatchcase(one, other) for other in patterns)}


def _agree(ours: set[str], theirs: set[str]) -> bool:
    """Tell whether two sets have the same resources of the types that both have."""
    shared = {kind(one) for one in ours} & {kind(one) for one in theirs}
    return {one for one in ours if kind(one) in shared} == {one for one in theirs if kind(one) in shared}


def _identity(found: Condition) -> str:
    """Return a condition as a text, without the values of listed keys."""
    plain = {
        operator: {key: () if key in LISTED else values for key, values in tests.items()}
        for operator, tests in found.items()
    }
    return json.dumps(plain, sort_keys=True)


def _short(values: list[str]) -> str | list[str]:
    return values[0] if len(values) == 1 else values
