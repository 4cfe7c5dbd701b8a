# SPDX-License-Identifier: GPL-3.0-or-later
"""The page about the policies: the part of it that is made of them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

from deployer import boundary
from deployer.documents import Document, length
from deployer.statements import kind

BEGIN, END = "<!-- made by `make deployer-policy`: begin -->", "<!-- end -->"
# Why a resource is neither named after the stack nor told by its tag, by service and type.
REASONS = {
    ("acm", "certificate"): "a certificate is imported without tags, and tagged then: one that no stack has tagged",
    ("application-autoscaling", "scalable-target"): "AWS gives a target an id, and the module gives it no tags",
    ("cloudwatch", "alarm"): "alarms are looked for by how their names begin, so all are",
    ("ec2", "network-acl"): "AWS makes the default network ACL of a VPC without tags: one that no stack has tagged",
    (
        "ec2",
        "security-group",
    ): "AWS makes the default security group of a VPC without tags: one that no stack has tagged",
    ("ecr", "repository"): "before a key goes, every repository is asked whether it uses the key",
    ("iam", "role"): "the role of a service, one in an account; AWS wrote what it may do",
    (
        "route53",
        "hostedzone",
    ): "the zone of an endpoint's names is AWS's own; for that of your domain put its id in place of the `*`",
    ("route53", "change"): "AWS gives a change an id",
    ("wafv2", "regional"): "groups of rules that AWS keeps",
}
UNTAGGED = "it gets its tag later: one that no stack has tagged"
BY_ALIAS = "a key that is not there yet is looked for by its alias, which has to be one of the stack's"
OTHERWISE = "AWS gives it an id, and the role no tag"


def write(text: str, policies: Mapping[str, list[Document]]) -> str:
    """Return the page with what the policies leave open; raises ValueError if it has no place for that."""
    if BEGIN not in text or END not in text:
        raise ValueError(f"the page needs {BEGIN} and {END}")
    head, rest = text.split(BEGIN)
    return "\n".join([head + BEGIN, "", *_sizes(policies), "", *_open(policies), "", END + rest.split(END)[1]])


def _sizes(policies: Mapping[str, list[Document]]) -> Iterator[str]:
    yield "| policy | statements | actions | characters, at most |"
    yield "|---|---|---|---|"
    for policy, documents in policies.items():
        for number, document in enumerate(documents, start=1):
            name = policy if len(documents) == 1 else f"{policy}-{number}"
            found = document["Statement"]
            count = len({action for one in found for action in listed(one["Action"])})
            yield f"| [{name}](deployer-policy/{name}.json) | {len(found)} | {count} | {length(found)} |"


def _open(policies: Mapping[str, list[Document]]) -> Iterator[str]:
    """List what is on everything, and on what is neither named after the stack nor told by its tag."""
    everywhere: set[str] = set()
    others: dict[tuple[str, str], set[str]] = {}
    for one in (
        one for policy in policies if policy != boundary.NAME for doc in policies[policy] for one in doc["Statement"]
    ):
        for pattern in listed(one["Resource"]):
            if pattern == "*" and "kms:RequestAlias" in str(one.get("Condition")):
                others.setdefault(("*", BY_ALIAS), set()).update(listed(one["Action"]))
            elif pattern == "*":
                everywhere |= set(listed(one["Action"]))
            elif reason := reason_of(pattern, one.get("Condition", {})):
                others.setdefault((pattern, reason), set()).update(listed(one["Action"]))
    yield "On `*`, because AWS knows no resource for the action:"
    yield ""
    yield f"{', '.join(f'`{action}`' for action in sorted(everywhere))}."
    yield ""
    yield "| on | what | why |"
    yield "|---|---|---|"
    for (pattern, reason), actions in sorted(others.items()):
        yield f"| `{pattern.split(':', 5)[-1]}` | {', '.join(f'`{action}`' for action in sorted(actions))} | {reason} |"


def reason_of(pattern: str, condition: Mapping[str, Mapping[str, Any]]) -> str:
    """Return why a resource is not told to be the stack's; nothing if it is."""
    untagged = "Null" in condition
    tagged = any(re.fullmatch(r"aws:Re\w+Tag/.*", key) for tests in condition.values() for key in tests)
    if "{stack}" in pattern or (tagged and not untagged):
        return ""
    service = pattern.split(":")[2]
    return REASONS.get((service, kind(pattern)), UNTAGGED if untagged else OTHERWISE)


def listed(value: Any) -> list[Any]:
    """Return a list, also of what is written as one value."""
    return value if isinstance(value, list) else [value]
