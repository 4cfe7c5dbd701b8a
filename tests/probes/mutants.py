# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies that say a little less or a little more than a given one, of whatever kind it is."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from typing import Any

Policy = dict[str, Any]
OTHER_ACCOUNT = "111122223333"
SOMEBODY = "arn:aws:iam::123456789012:role/deployer"
# Who else might be let in.
STRANGERS: tuple[Any, ...] = (
    {"AWS": f"arn:aws:iam::{OTHER_ACCOUNT}:root"},
    {"AWS": "arn:aws:iam::123456789012:root"},
    {"Service": "lambda.amazonaws.com"},
)
# What else a condition might allow: keys in lower case, with what takes the place of a part of the value.
ANOTHER = {
    "aws:principalarn": SOMEBODY,
    "aws:sourceaccount": OTHER_ACCOUNT,
    "kms:encryptioncontext:aws:ecs:clusteraccount": OTHER_ACCOUNT,
    "kms:encryptioncontext:aws:ecs:clustername": "another",
    "kms:encryptioncontext:aws:dynamodb:tablename": "another",
    "kms:encryptioncontext:aws:logs:arn": "arn:aws:logs:eu-central-1:123456789012:log-group:/ecs/another",
    "kms:encryptioncontext:aws:sns:topicarn": "arn:aws:sns:eu-central-1:123456789012:another",
    "kms:grantisforawsresource": "false",
    "kms:grantoperations": "Encrypt",
    "kms:viaservice": "s3.eu-central-1.amazonaws.com",
}
LIKE = {"StringEquals": "StringLike", "ArnEquals": "ArnLike", "StringEqualsIfExists": "StringLikeIfExists"}


@dataclass(frozen=True)
class Mutant:
    """A changed policy, what was changed, and in which statement."""

    change: str
    policy: Policy
    sid: str = ""


def narrowed(policy: Policy) -> Iterator[Mutant]:
    """Take one element away: a statement, an action, a resource, a principal, or what a condition allows."""
    for number, statement in enumerate(policy["Statement"]):
        yield from (replace(mutant, sid=statement["Sid"]) for mutant in _narrowed(policy, number))


def _narrowed(policy: Policy, number: int) -> Iterator[Mutant]:
    statement = policy["Statement"][number]
    name = statement["Sid"]
    yield Mutant(f"without {name}", _without(policy, number))
    for action in listed(statement["Action"]):
        less = [other for other in listed(statement["Action"]) if other != action]
        changed = _with(policy, number, Action=less) if less else _without(policy, number)
        yield Mutant(f"{name} without {action}", changed)
    for resource in listed(statement.get("Resource", [])):
        others = [other for other in listed(statement["Resource"]) if other != resource]
        changed = _with(policy, number, Resource=[*others, elsewhere(resource)])
        yield Mutant(f"{name} without {resource}", changed)
    for operator, key, value in tests(statement):
        changed = _with(policy, number, Condition=_replaced(statement, operator, key, value, "nothing"))
        yield Mutant(f"{name} without {key} {value}", changed)
    if statement.get("Principal", "*") != "*":
        yield Mutant(f"{name} for another account", _with(policy, number, Principal=STRANGERS[0]))
    yield Mutant(f"{name} of another account only", _with(policy, number, Condition=_of_account(statement)))
    other = "Deny" if statement["Effect"] == "Allow" else "Allow"
    yield Mutant(f"{name} with the effect {other}", _with(policy, number, Effect=other))


def widened(policy: Policy, prefix: str = "") -> Iterator[Mutant]:
    """Add to one element, or take one limit away."""
    for number, statement in enumerate(policy["Statement"]):
        yield from (replace(mutant, sid=statement["Sid"]) for mutant in _widened(policy, number, prefix))
    # Elements that statements of this kind of policy do not have are left out.
    widest = {"Principal": "*", "Action": "*", "Resource": "*"}
    everything = {name: value for name, value in widest.items() if name in policy["Statement"][0]}
    more = [*policy["Statement"], {"Sid": "Everything", "Effect": "Allow", **everything}]
    yield Mutant("with a statement that allows all", {**policy, "Statement": more})


def _widened(policy: Policy, number: int, prefix: str) -> Iterator[Mutant]:
    statement = policy["Statement"][number]
    name = statement["Sid"]
    yield Mutant(f"{name} for every action", _with(policy, number, Action=["*"]))
    for one in sorted({prefix} if prefix else prefixes(statement)):
        yield Mutant(f"{name} for every action of {one}", _with(policy, number, Action=[f"{one}:*"]))
    for resource in _wider_resources(statement):
        more = [*listed(statement["Resource"]), resource]
        yield Mutant(f"{name} on {resource} too", _with(policy, number, Resource=more))
    yield from _wider_conditions(policy, number)
    yield from _wider_principals(policy, number)


def prefixes(statement: Policy) -> set[str]:
    """Return the services whose actions a statement names."""
    return {str(action).partition(":")[0] for action in listed(statement["Action"])}


def with_action(policy: Policy, number: int, action: str) -> Mutant:
    """Add an action to a statement."""
    statement = policy["Statement"][number]
    more = [*listed(statement["Action"]), action]
    return Mutant(f"{statement['Sid']} for {action} too", _with(policy, number, Action=more))


def wider(resource: str) -> Iterator[str]:
    """Return what resources may be named by mistake: another one, and all of the same kind in this account or any."""
    service, region, account, rest = resource.split(":", 5)[2:]
    kind = rest.partition("/")[0] if "/" in rest else rest.partition(":")[0]
    if service == "s3":
        yield from ("arn:aws:s3:::another-bucket/*", "arn:aws:s3:::*")
    elif service == "logs":
        yield from (f"arn:aws:logs:{region}:{account}:log-group:/ecs/another:*", f"arn:aws:logs:{region}:{account}:*")
        yield f"arn:aws:logs:{region}:*:log-group:*"
    else:
        for owner, name in ((account, "another"), (account, "*"), ("*", "*")):
            yield f"arn:aws:{service}:{region}:{owner}:{kind}/{name}"


def elsewhere(resource: str) -> str:
    """Return a resource that nothing has, in the place of another."""
    return "arn:aws:s3:::elsewhere" if resource == "*" else f"{resource.removesuffix('*')}-elsewhere"


def listed(value: Any) -> list[Any]:
    """Return an element that may be one value or several as several."""
    return value if isinstance(value, list) else [value]


def tests(statement: Policy) -> Iterator[tuple[str, str, str]]:
    """Return what a condition asks for: operator, key and each value."""
    for operator, pairs in statement.get("Condition", {}).items():
        for key, values in pairs.items():
            yield from ((operator, key, value) for value in listed(values))


def _wider_resources(statement: Policy) -> Iterator[str]:
    """Return resources that a statement is not about."""
    named = listed(statement.get("Resource", "*"))
    if "*" in named:
        return
    yield "*"
    for resource in named:
        yield from (one for one in wider(resource) if not any(fnmatchcase(one, known) for known in named))


def _wider_conditions(policy: Policy, number: int) -> Iterator[Mutant]:
    statement = policy["Statement"][number]
    name = statement["Sid"]
    if "Condition" in statement:
        yield Mutant(f"{name} without its condition", _with(policy, number, Condition={}))
    for operator, key in dict.fromkeys((operator, key) for operator, key, _ in tests(statement)):
        condition = copy.deepcopy(statement["Condition"])
        values = listed(condition[operator].pop(key))
        if any(condition.values()):
            left = {kept: pairs for kept, pairs in condition.items() if pairs}
            yield Mutant(f"{name} without {key}", _with(policy, number, Condition=left))
        for other_operator, value in _further_values(operator, key, values[0]):
            more = {other_operator: {**condition.get(other_operator, {}), key: [*values, value]}}
            kept = {one: pairs for one, pairs in condition.items() if pairs}
            yield Mutant(f"{name} for {key} {value} too", _with(policy, number, Condition={**kept, **more}))


def _further_values(operator: str, key: str, value: str) -> Iterator[tuple[str, str]]:
    """Return what else a key may be compared with, and how."""
    if another := ANOTHER.get(key.lower()):
        yield operator, another
    if key.lower() == "aws:principalarn":
        yield "ArnLike", "arn:aws:iam::123456789012:role/*"
    elif key.lower() == "aws:sourcearn":
        yield operator, value.replace("123456789012", OTHER_ACCOUNT)
        yield operator, "*"
    elif operator in LIKE:
        yield LIKE[operator], "*"


def _wider_principals(policy: Policy, number: int) -> Iterator[Mutant]:
    statement = policy["Statement"][number]
    principal = statement.get("Principal", "*")
    if principal == "*":
        return
    yield Mutant(f"{statement['Sid']} for everyone", _with(policy, number, Principal="*"))
    for stranger in STRANGERS:
        if stranger != principal:
            ((kind, who),) = stranger.items()
            both = {**principal, kind: [*listed(principal.get(kind, [])), who]}
            yield Mutant(f"{statement['Sid']} for {who} too", _with(policy, number, Principal=both))


def _replaced(statement: Policy, operator: str, key: str, value: str, by: str) -> Policy:
    """Return a condition in which one value is another."""
    values = [by if one == value else one for one in listed(statement["Condition"][operator][key])]
    changed: Policy = copy.deepcopy(statement["Condition"])
    changed[operator][key] = values
    return changed


def _of_account(statement: Policy) -> Policy:
    """Return a condition that asks for callers of another account as well."""
    condition: Policy = copy.deepcopy(statement.get("Condition", {}))
    condition.setdefault("StringEquals", {})["aws:PrincipalAccount"] = OTHER_ACCOUNT
    return condition


def _without(policy: Policy, number: int) -> Policy:
    statements = [statement for index, statement in enumerate(policy["Statement"]) if index != number]
    # AWS takes no policy without a statement; one that allows nothing stands for it.
    nothing = {**policy["Statement"][number], "Sid": "Nothing", "Effect": "Deny"}
    return {**policy, "Statement": statements or [nothing]}


def _with(policy: Policy, number: int, **elements: Any) -> Policy:
    changed = copy.deepcopy(policy)
    changed["Statement"][number].update(elements)
    if not changed["Statement"][number].get("Condition"):
        changed["Statement"][number].pop("Condition", None)
    return changed
