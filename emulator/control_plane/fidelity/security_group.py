# SPDX-License-Identifier: GPL-3.0-or-later
"""Security groups as AWS answers them."""

from __future__ import annotations

import functools
from typing import Any

from moto.core.responses import ActionResult
from moto.ec2.models.security_groups import SecurityGroup, SecurityGroupRule
from moto.ec2.responses.security_groups import SecurityGroups


def apply() -> None:
    """Install the patches."""
    _keep_descriptions_of_prefix_lists(SecurityGroup, SecurityGroupRule)
    for direction in ("ingress", "egress"):
        _answer_description_updates(SecurityGroups, f"update_security_group_rule_descriptions_{direction}")


def _keep_descriptions_of_prefix_lists(group_class: Any, rule_class: Any) -> None:
    """AWS: a rule for a prefix list has a description. moto: drops it, so ec2_security_group sets it again for ever."""
    build, flatten = rule_class.__init__, group_class._flattened_rules

    @functools.wraps(build)
    def remember(rule: Any, *arguments: Any, **options: Any) -> None:
        build(rule, *arguments, **options)
        given = options.get("prefix_list_id") or (arguments[7] if len(arguments) > 7 else None)
        rule.prefix_list_description = (given or {}).get("Description")

    def describe(group: Any, rules: list[Any]) -> list[Any]:
        views: list[Any] = flatten(group, rules)
        for view in views:
            for entry in view.prefix_list_ids:
                rule = next(one for one in rules if one.prefix_list_id == entry["PrefixListId"] and _same(one, view))
                if rule.prefix_list_description:
                    entry["Description"] = rule.prefix_list_description
        return views

    rule_class.__init__ = remember
    group_class._flattened_rules = describe


def _same(rule: Any, view: Any) -> bool:
    return (rule.from_port, rule.to_port, rule.ip_protocol) == (view.from_port, view.to_port, view.ip_protocol)


def _answer_description_updates(response_class: Any, name: str) -> None:
    """AWS: answers Return=true. moto: answers nothing, and the module of amazon.aws looks for it."""
    original = getattr(response_class, name)

    @functools.wraps(original)
    def answer(response: Any) -> ActionResult:
        original(response)
        return ActionResult({"Return": True})

    setattr(response_class, name, answer)
