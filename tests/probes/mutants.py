# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that say a little less or a little more than a given one."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

Policy = dict[str, Any]
SOMEBODY = "arn:aws:iam::123456789012:role/deployer"


@dataclass(frozen=True)
class Mutant:
    """A changed policy, and what was changed."""

    change: str
    policy: Policy


def narrowed(policy: Policy) -> Iterator[Mutant]:
    """Take one element away: a statement, an action, a resource, or what a condition allows."""
    for number, statement in enumerate(policy["Statement"]):
        name = statement["Sid"]
        yield Mutant(f"without {name}", _without(policy, number))
        for action in statement["Action"]:
            less = [other for other in statement["Action"] if other != action]
            changed = _with(policy, number, Action=less) if less else _without(policy, number)
            yield Mutant(f"{name} without {action}", changed)
        for resource in statement["Resource"]:
            yield Mutant(f"{name} without {resource}", _with(policy, number, Resource=[f"{resource}-elsewhere"]))
        yield Mutant(f"{name} of another account only", _with(policy, number, Condition=_of_account(statement)))
        yield Mutant(f"{name} denied", _with(policy, number, Effect="Deny"))


def widened(policy: Policy, prefix: str) -> Iterator[Mutant]:
    """Add to one element, or take one limit away."""
    for number, statement in enumerate(policy["Statement"]):
        name = statement["Sid"]
        yield Mutant(f"{name} for every action", _with(policy, number, Action=["*"]))
        yield Mutant(f"{name} for every action of {prefix}", _with(policy, number, Action=[f"{prefix}:*"]))
        if statement["Resource"] != ["*"]:
            yield Mutant(f"{name} on everything", _with(policy, number, Resource=["*"]))
            for resource in wider(statement["Resource"][0]):
                more = [*statement["Resource"], resource]
                yield Mutant(f"{name} on {resource} too", _with(policy, number, Resource=more))
        if "Condition" in statement:
            yield Mutant(f"{name} without its condition", _with(policy, number, Condition={}))
            for kind, value in (("ArnEquals", SOMEBODY), ("ArnLike", "arn:aws:iam::123456789012:role/*")):
                condition = {kind: {"aws:PrincipalArn": _and(statement, value)}}
                yield Mutant(f"{name} for {value} too", _with(policy, number, Condition=condition))
    everything = {"Sid": "Everything", "Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}
    yield Mutant("with a statement that allows all", {**policy, "Statement": [*policy["Statement"], everything]})


def with_action(policy: Policy, number: int, action: str) -> Mutant:
    """Add an action to a statement."""
    statement = policy["Statement"][number]
    more = [*statement["Action"], action]
    return Mutant(f"{statement['Sid']} for {action} too", _with(policy, number, Action=more))


def wider(resource: str) -> Iterator[str]:
    """Return what resources may be named by mistake: another one, and all of the same kind in this account or any."""
    service, region, account, rest = resource.split(":", 5)[2:]
    kind = rest.partition("/")[0] if "/" in rest else rest.partition(":")[0]
    if service == "s3":
        yield from ("arn:aws:s3:::another-bucket/*", "arn:aws:s3:::*")
    elif service == "logs":
        yield from (f"arn:aws:logs:{region}:{account}:log-group:/ecs/another:*", f"arn:aws:logs:{region}:{account}:*")
    else:
        for owner, name in ((account, "another"), (account, "*"), ("*", "*")):
            yield f"arn:aws:{service}:{region}:{owner}:{kind}/{name}"


def _and(statement: Policy, value: str) -> list[str]:
    return [statement["Condition"]["ArnEquals"]["aws:PrincipalArn"], value]


def _of_account(statement: Policy) -> Policy:
    elsewhere = {"StringEquals": {"aws:PrincipalAccount": "111122223333"}}
    return {**statement.get("Condition", {}), **elsewhere}


def _without(policy: Policy, number: int) -> Policy:
    statements = [statement for index, statement in enumerate(policy["Statement"]) if index != number]
    # AWS takes no policy without a statement; one that allows nothing stands for it.
    nothing = {"Sid": "Nothing", "Effect": "Deny", "Principal": "*", "Action": "*", "Resource": "*"}
    return {**policy, "Statement": statements or [nothing]}


def _with(policy: Policy, number: int, **elements: Any) -> Policy:
    changed = copy.deepcopy(policy)
    changed["Statement"][number].update(elements)
    if not changed["Statement"][number].get("Condition"):
        changed["Statement"][number].pop("Condition", None)
    return changed
