# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about attributes of a load balancer or a target group, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError


@dataclass(frozen=True)
class Change:
    """The attributes that were asked for, before and after; before, one that is not there is missing."""

    before: Mapping[str, str]
    after: Mapping[str, str]

    @property
    def to_set(self) -> dict[str, str]:
        """The attributes that differ."""
        return {name: value for name, value in self.after.items() if self.before.get(name) != value}

    def __bool__(self) -> bool:
        return bool(self.to_set)

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        shown = {"diff": {"before": dict(self.before), "after": dict(self.after)}} if diff else {}
        return {"changed": bool(self), "attributes": dict(self.after), **shown}


def kind_of(arn: str) -> str:
    """Return what an ARN is of; raises PlanError for anything that has no such attributes."""
    for kind in ("loadbalancer", "targetgroup"):
        if f":{kind}/" in arn:
            return kind
    raise PlanError(f"arn is {arn}; expected that of a load balancer or of a target group.")


def as_text(value: Any) -> str:
    """Return a value as Elastic Load Balancing writes it."""
    text = str(value)
    # A truth value that was given on the command line is text already.
    return text.lower() if text in ("True", "False") else text


def plan(found: Mapping[str, str], wanted: Mapping[str, Any]) -> Change:
    """Return what has to be set. What nobody asked for stays as it is."""
    after = {name: as_text(value) for name, value in sorted(wanted.items())}
    return Change({name: found[name] for name in after if name in found}, after)


def refused(wanted: Mapping[str, str], answered: Mapping[str, str]) -> list[str]:
    """Return in words for a person what was set and is not so."""
    return [
        f"{name} is {answered.get(name, 'missing')} instead of {value}"
        for name, value in wanted.items()
        if answered.get(name) != value
    ]
