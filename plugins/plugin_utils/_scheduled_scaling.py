# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
"""What is wrong with the scaling by the clock: a pure function over the inputs of the role."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

INPUT = "ecs_service_scheduled_scaling"
KINDS = ("at(", "cron(", "rate(")
Action = Mapping[str, Any]


def scheduled_scaling_problems(actions: Sequence[Action], minimum_count: int, maximum_count: int) -> list[str]:
    """Return what is wrong, in sentences that name the input and what was expected.

    An action that sets one limit meets the other one as the role or another action has set it.
    """
    names = Counter(str(one["name"]) for one in actions)
    found = [f"{INPUT} has the name {name} twice; expected each once." for name, times in names.items() if times > 1]
    least = min([int(minimum_count), *_limits(actions, "min_count")])
    most = max([int(maximum_count), *_limits(actions, "max_count")])
    return [*found, *(problem for one in actions for problem in _of_action(one, least, most))]


def _limits(actions: Sequence[Action], name: str) -> list[int]:
    return [limit for one in actions if (limit := _limit(one, name)) is not None]


def _limit(action: Action, name: str) -> int | None:
    limit = action.get(name)
    return None if limit is None else int(limit)


def _of_action(action: Action, least: int, most: int) -> Iterator[str]:
    told = f"{INPUT} has an action {action['name']}"
    low, high = _limit(action, "min_count"), _limit(action, "max_count")
    if not str(action["schedule"]).startswith(KINDS):
        yield f"{told} with the schedule {action['schedule']}; expected at(...), cron(...) or rate(...)."
    if low is None and high is None:
        yield f"{told} that changes nothing; expected min_count, max_count or both."
    elif low is not None and low < 0:
        yield f"{told} with min_count {low}; expected 0 or more."
    elif low is not None and high is not None and low > high:
        yield f"{told} with min_count {low} above its max_count {high}."
    elif high is None and low is not None and low > most:
        yield f"{told} with min_count {low}, which is above every maximum ({most}); expected a max_count with it."
    elif low is None and high is not None and high < least:
        yield f"{told} with max_count {high}, which is below every minimum ({least}); expected a min_count with it."
