# SPDX-License-Identifier: GPL-3.0-or-later
"""Change one thing that AWS answers, and see what of the template follows: nothing in it may stand by itself."""

from __future__ import annotations

import copy
import json
from collections.abc import Iterator
from typing import Any

from tests.audit.state.reading import Item, State
from tests.audit.template import UnexportedState, template

Path = tuple[str | int, ...]


def leaves(value: Any, path: Path = ()) -> Iterator[tuple[Path, Any]]:
    """Return every text, number and truth value with the way to it."""
    if isinstance(value, dict | list):
        for key, item in value.items() if isinstance(value, dict) else enumerate(value):
            yield from leaves(item, (*path, key))
    elif isinstance(value, str | int | float):
        yield path, value


def followers(state: State) -> set[Path]:
    """Return the ways to what of the template changes if one leaf of the state does, for any leaf."""
    before = template(state)
    original = dict(leaves(before))
    found: set[Path] = set()
    for path, value in leaves(state):
        after = _with(state, path, _other(value))
        try:
            changed = dict(leaves(_as_called(before, template(after))))
        except (KeyError, ValueError, StopIteration, UnexportedState):
            continue  # An answer that AWS never gives, such as a policy that is no document.
        found |= {way for way, text in original.items() if changed.get(way) != text}
    return found


def _as_called(before: Item, after: Item) -> Item:
    """Give resources that are called otherwise their former ids: a new name alone changes none of their properties."""
    gone, come = (sorted(one - other) for one, other in ((_ids(before), _ids(after)), (_ids(after), _ids(before))))
    former = {new[1]: old[1] for old, new in zip(gone, come, strict=False) if old[0] == new[0]}
    return {"Resources": {former.get(name, name): resource for name, resource in after["Resources"].items()}}


def _ids(document: Item) -> set[tuple[str, str]]:
    return {(resource["Type"], name) for name, resource in document["Resources"].items()}


def _with(state: State, path: Path, value: Any) -> State:
    after: State = {**state, str(path[0]): copy.deepcopy(state[str(path[0])])}
    holder: Any = after
    for key in path[:-1]:
        holder = holder[key]
    holder[path[-1]] = value
    return after


def _other(value: Any) -> Any:
    if isinstance(value, bool):
        return not value
    if isinstance(value, int | float):
        return value + 1
    if value.lstrip().startswith("{"):
        return json.dumps({"Version": "2008-10-17", "Statement": [{"Sid": "Other"}]})
    return {"ENABLED": "DISABLED", "DISABLED": "ENABLED"}.get(value, f"{value}-other")


def properties(document: Item) -> set[Path]:
    """Return the ways to every leaf of every property of a template."""
    return {path for path, _ in leaves(document) if len(path) > 3 and path[2] == "Properties"}
