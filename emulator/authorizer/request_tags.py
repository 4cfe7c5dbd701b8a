# SPDX-License-Identifier: GPL-3.0-or-later
"""Tags in a request, in every shape that services give them: aws:RequestTag and aws:TagKeys.

https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html#condition-keys-requesttag
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from emulator.authorizer.call import Context

LISTS = ("Tags", "tags", "TagList", "BackupVaultTags", "BackupPlanTags")
KEY_LISTS = ("TagKeys", "tagKeys", "TagKeyList")
KEYS = ("Key", "key", "TagKey")
VALUES = ("Value", "value", "TagValue")
# Tags.member.1.Key of the query protocol, Tag.1.Key of EC2.
PAIR = re.compile(r"Tags?\.(?:member\.)?(?P<number>\d+)\.Key")
NAMED = re.compile(r"TagKeys?\.(?:member\.)?\d+")


def of(parameters: Mapping[str, Any]) -> Context:
    """Return the condition keys of the tags that a request sets or removes."""
    pairs = {**_from_lists(parameters), **_from_form(parameters)}
    removed = [str(key) for name in KEY_LISTS for key in _listed(parameters.get(name))]
    removed += [str(value) for name, value in parameters.items() if NAMED.fullmatch(name)]
    return context(pairs, removed)


def context(pairs: Mapping[str, str], removed: list[str] | None = None) -> Context:
    """Return the condition keys of tags that are set, and of keys of tags that are removed."""
    keys = (*pairs, *(removed or ()))
    if not keys:
        return {}
    return {**{f"aws:requesttag/{key.lower()}": (value,) for key, value in pairs.items()}, "aws:tagkeys": keys}


def _from_lists(parameters: Mapping[str, Any]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name in LISTS:
        given = parameters.get(name)
        if isinstance(given, Mapping):
            found |= {str(key): str(value) for key, value in given.items()}
        for one in _listed(given):
            if isinstance(one, Mapping):
                found[_first(one, KEYS)] = _first(one, VALUES)
    return found


def _from_form(parameters: Mapping[str, Any]) -> dict[str, str]:
    keys = {match["number"]: name for name in parameters if (match := PAIR.fullmatch(name))}
    values = {number: name.removesuffix("Key") + "Value" for number, name in keys.items()}
    return {str(parameters[keys[number]]): str(parameters.get(values[number], "")) for number in keys}


def _listed(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _first(one: Mapping[str, Any], names: tuple[str, ...]) -> str:
    return next((str(one[name]) for name in names if name in one), "")
