# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a name that leads to a load balancer, as pure functions."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Alias:
    """Where a name leads; the fields are results of the module, and empty for nowhere."""

    name: str = ""
    target: str = ""
    target_zone_id: str = ""

    @property
    def record(self) -> dict[str, Any]:
        """The record as Route 53 takes it."""
        target = {"HostedZoneId": self.target_zone_id, "DNSName": f"{self.target}.", "EvaluateTargetHealth": True}
        return {"Name": f"{self.name}.", "Type": "A", "AliasTarget": target}


@dataclass(frozen=True)
class Change:
    """The record that there is, which has to be known word by word to be deleted, and where its name shall lead."""

    before: Facts
    after: Alias
    changed: bool

    def __bool__(self) -> bool:
        return self.changed

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        after = self.after.record if self.after.name else {}
        shown = {"diff": {"before": dict(self.before), "after": after}} if diff else {}
        return {"changed": self.changed, **asdict(self.after), **shown}


def spelt(name: str) -> str:
    """Return a name as it is compared: Route 53 ends it with a dot, and case means nothing."""
    return name.lower().rstrip(".")


def zone_of(zone: str, found: Sequence[str], name: str) -> str:
    """Return the id of the only public zone of a name; raises PlanError unless the record belongs into it."""
    if len(found) != 1:
        raise PlanError(f"zone is {zone}, of which there are {len(found)} public zones; expected one.")
    if not f".{spelt(name)}".endswith(f".{spelt(zone)}"):
        raise PlanError(f"name is {name}, which is not in the zone {zone}.")
    return found[0]


def record_of(name: str, found: Sequence[Facts]) -> Facts:
    """Return the address record of a name among those from there on; empty if there is none.

    Raises PlanError for one of several that Route 53 chooses from: whoever made them knows why.
    """
    own = [one for one in found if spelt(one["Name"]) == spelt(name) and one["Type"] == "A"]
    if any("SetIdentifier" in one for one in own):
        raise PlanError(f"{name} has records with a routing policy; expected a simple one or none.")
    return own[0] if own else {}


def plan(before: Facts, params: Facts) -> Change:
    """Return what makes a name lead to a target, or no longer."""
    wanted = Alias(spelt(params["name"]), spelt(params["target"]), params["target_zone_id"] or "")
    led_to = spelt((before.get("AliasTarget") or {}).get("DNSName", ""))
    if params["state"] == "absent":
        # A name that has been led elsewhere meanwhile is not ours any more.
        return Change(before, Alias(), led_to == wanted.target)
    evaluated = (before.get("AliasTarget") or {}).get("EvaluateTargetHealth")
    return Change(before, wanted, not (led_to == wanted.target and evaluated))
