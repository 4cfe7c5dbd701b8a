# SPDX-License-Identifier: GPL-3.0-or-later
"""A resource of a CloudFormation template, and the words in which all builders speak."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from tests.audit.state.reading import Item

# Keys of these maps are the user's own words.
MAPS = ("options", "dockerLabels", "driverOpts", "labels")


@dataclass(frozen=True)
class Resource:
    """One resource; `known_as` says by which texts others name it: "" for its Ref, else the attribute."""

    type: str
    name: str
    properties: Item
    known_as: dict[str, str] = field(default_factory=dict)

    @property
    def logical_id(self) -> str:
        """The id in the template: type and name, because AWS's own ids differ from run to run."""
        return "".join(word[:1].upper() + word[1:] for word in re.findall("[A-Za-z0-9]+", self._kind + " " + self.name))

    @property
    def _kind(self) -> str:
        return self.type.rpartition("::")[2]


def take(source: Item, *names: str, **renamed: str) -> Item:
    """Return the named keys that have a value: `take(vpc, "CidrBlock", InstanceTenancy="Tenancy")`."""
    pairs = [(name, name) for name in names] + list(renamed.items())
    return {target: source[key] for target, key in pairs if source.get(key) not in (None, "", [], {})}


def tags(source: Item) -> Item:
    """Return the property Tags."""
    found = source.get("Tags") or source.get("tags") or source.get("TagSet") or []
    if isinstance(found, dict):
        return {"Tags": [{"Key": key, "Value": value} for key, value in sorted(found.items())]}
    pairs = [
        (tag.get("Key", tag.get("key", tag.get("TagKey"))), tag.get("Value", tag.get("value", tag.get("TagValue"))))
        for tag in found
    ]
    return {"Tags": [{"Key": key, "Value": value} for key, value in pairs]} if pairs else {}


def tag(source: Item, key: str) -> str:
    """Return one tag's value, or nothing."""
    return next((pair["Value"] for pair in tags(source).get("Tags", []) if pair["Key"] == key), "")


def capitalised(value: Any) -> Any:
    """Return what an API with small first letters answers as CloudFormation writes it."""
    if isinstance(value, list):
        return [capitalised(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key[:1].upper() + key[1:]: item if key in MAPS else capitalised(item)
        for key, item in value.items()
        if item not in (None, [], {})
    }


def document(policy: str | Item | None) -> Item | None:
    """Return a policy as a document, whether AWS answers with its text or has parsed it.

    Its keys are in the order in which CDK writes them: rules of cdk-nag about administrators look at the text.
    """
    parsed = json.loads(policy) if isinstance(policy, str) else policy
    found: Item | None = json.loads(json.dumps(parsed, sort_keys=True))
    return found


def without_nothing(properties: Item) -> Item:
    """Return the properties that have a value; False and 0 are values."""
    return {key: value for key, value in properties.items() if value not in (None, "", [], {})}


Resources = Iterator[Resource]
