# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Which requests a statement of a policy is about, as far as its actions and resources say.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_resource.html describes the wildcards.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import listed

Test = Callable[[str, str], bool]


def is_about_all(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    """Tell whether a statement is about an action on everything that a pattern of resources means."""
    return _holds(statement, "Action", action, contains, meet) and _holds(
        statement, "Resource", resource, contains, meet
    )


def is_about_any(statement: Mapping[str, Any], action: str, resource: str) -> bool:
    """Tell whether a statement is about an action on anything that a pattern of resources means."""
    return _holds(statement, "Action", action, meet, contains) and _holds(
        statement, "Resource", resource, meet, contains
    )


def _holds(statement: Mapping[str, Any], element: str, wanted: str, test: Test, opposite: Test) -> bool:
    """Test the patterns of an element; those of its Not form say what is left out, so the opposite has to fail."""
    if f"Not{element}" in statement:
        return not any(opposite(one, wanted) for one in _patterns(statement, f"Not{element}"))
    return any(test(one, wanted) for one in _patterns(statement, element))


def _patterns(statement: Mapping[str, Any], element: str) -> list[str]:
    patterns = [str(one) for one in listed(statement.get(element, []))]
    # The case of an action makes no difference.
    return [one.lower() for one in patterns] if element.endswith("Action") else patterns


def contains(pattern: str, other: str) -> bool:
    """Tell whether a pattern means all that another one means: only a * takes the other's *."""
    expression = "".join({"*": ".*", "?": "[^*]"}.get(character, re.escape(character)) for character in pattern)
    return re.fullmatch(expression, other, re.DOTALL) is not None


def meet(one: str, other: str) -> bool:
    """Tell whether two patterns mean anything in common."""
    open_positions, seen = [(0, 0)], set()
    while open_positions:
        position = open_positions.pop()
        if position == (len(one), len(other)):
            return True
        if position not in seen:
            seen.add(position)
            open_positions += _steps(one, other, *position)
    return False


def _steps(one: str, other: str, i: int, j: int) -> list[tuple[int, int]]:
    """Return where two patterns can go on after their first characters: a * ends, or takes a character."""
    left, right = one[i : i + 1], other[j : j + 1]
    steps = []
    if left == "*":
        steps += [(i + 1, j), *([(i, j + 1)] if right else [])]
    if right == "*":
        steps += [(i, j + 1), *([(i + 1, j)] if left else [])]
    if left and right and (left == right or "?" in (left, right)):
        steps.append((i + 1, j + 1))
    return steps
