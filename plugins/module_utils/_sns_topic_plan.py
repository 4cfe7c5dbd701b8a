# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about an encrypted topic, as pure functions."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import compact, differ, parse
from ansible_collections.palisade.ecs.plugins.module_utils._tags import merged

TOPIC = re.compile(r"arn:[\w-]+:sns:(?P<region>[a-z0-9-]+):\d{12}:(?P<name>[\w-]{1,256})")


@dataclass(frozen=True)
class Topic:
    """A topic; the fields are results of the module, and empty when there is none."""

    topic_arn: str = ""
    kms_key_id: str = ""
    policy: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Change:
    """A topic before and after."""

    before: Topic
    after: Topic

    @property
    def attributes(self) -> dict[str, str]:
        """The attributes to set, as SNS names and takes them."""
        wanted: dict[str, str] = {}
        if self.after.kms_key_id != self.before.kms_key_id:
            wanted["KmsMasterKeyId"] = self.after.kms_key_id
        if self.after.policy != self.before.policy:
            wanted["Policy"] = compact(dict(self.after.policy))
        return wanted

    def __bool__(self) -> bool:
        before, after = self.before, self.after
        return before.topic_arn != after.topic_arn or bool(after.topic_arn and self.attributes) or self.retagged

    @property
    def retagged(self) -> bool:
        """Whether a tag differs."""
        return self.before.tags != self.after.tags

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (asdict(one) if one.topic_arn else {} for one in (self.before, self.after))
        return {
            "changed": bool(self),
            **asdict(self.after),
            **({"diff": {"before": before, "after": after}} if diff else {}),
        }


def checked_name(topic_arn: str, region: str) -> str:
    """Return the name of a topic; raises PlanError unless its ARN is one of this region, where it would be created."""
    found = TOPIC.fullmatch(topic_arn)
    if not found:
        expected = f"arn:aws:sns:{region}:123456789012:shop-alarms"
        raise PlanError(f"topic_arn is {topic_arn!r}; expected one such as {expected}.")
    if found["region"] != region:
        raise PlanError(f"topic_arn is in {found['region']} and the task in {region}; expected one region for both.")
    return found["name"]


def described(topic_arn: str, attributes: Mapping[str, Any] | None, tags: Mapping[str, str]) -> Topic:
    """Return a topic as SNS describes it; an empty one for no attributes."""
    if attributes is None:
        return Topic()
    policy = json.loads(attributes.get("Policy") or "{}")
    return Topic(topic_arn, attributes.get("KmsMasterKeyId") or "", policy, dict(tags))


def plan(before: Topic, params: Mapping[str, Any]) -> Change:
    """Return what makes a topic the one that is wanted, or none; raises PolicyError for a malformed policy."""
    if params["state"] == "absent":
        return Change(before, Topic())
    wanted = parse(params["policy"]) if params["policy"] else dict(before.policy)
    # A policy that means the same is left as it is.
    same = before.policy and not differ(dict(before.policy), wanted)
    policy = before.policy if same else wanted
    return Change(before, Topic(params["topic_arn"], params["kms_key_id"], policy, merged(before.tags, params)))
