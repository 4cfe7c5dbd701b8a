# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What AWS takes in the policy of any VPC endpoint: one function per rule, each yields what is wrong.

The rules for wildcards are those that AWS lists under "Considerations" of endpoint policies.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from itertools import pairwise

from ansible_collections.palisade.ecs.plugins.module_utils._resource_policy import (
    Policy,
    PolicyError,
    compact,
    listed,
    numbered,
)

CONSIDERATIONS = "https://docs.aws.amazon.com/vpc/latest/privatelink/vpc-endpoints-access.html"
NOT_PRINCIPAL = "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_notprincipal.html"
EVALUATION = (
    "https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic_policy-eval-denyallow.html"
)

MAXIMUM_LENGTH = 20480
# Dated 2026-11: the global keys whose values are ids that AWS gives out, in lower case.
# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_condition-keys.html
GENERATED_IDS = frozenset(
    f"aws:{name}"
    for name in (
        "ec2instancesourcevpc",
        "principalaccount",
        "principalorgid",
        "resourceaccount",
        "resourceorgid",
        "sourceaccount",
        "sourceorgid",
        "sourcevpc",
        "sourcevpce",
        "vpceaccount",
        "vpceorgid",
    )
)
BESIDE_A_WILDCARD = 6


def principals_are_named(policy: Policy) -> Iterator[str]:
    """AWS: a policy must contain a Principal; NotPrincipal goes with Deny only."""
    for number, statement in numbered(policy):
        if "Principal" not in statement and "NotPrincipal" not in statement:
            yield f'statement {number} has no Principal, which is required: "*" is everybody. See {CONSIDERATIONS}'
        if "NotPrincipal" in statement and statement["Effect"] == "Allow":
            yield f"statement {number} allows by NotPrincipal, which lets everybody else in. See {NOT_PRINCIPAL}"


def length_is_within_the_limit(policy: Policy) -> Iterator[str]:
    """AWS: at most 20,480 characters. It is sent without white space, which would count."""
    length = len(compact(policy))
    if length > MAXIMUM_LENGTH:
        yield (
            f"it has {length} characters without white space; AWS takes at most {MAXIMUM_LENGTH}. See {CONSIDERATIONS}"
        )


def something_is_allowed(policy: Policy) -> Iterator[str]:
    """AWS: what no statement allows is denied, so statements that only deny deny everything."""
    if all(statement["Effect"] == "Deny" for _number, statement in numbered(policy)):
        yield (
            "it has no statement with the Effect Allow, so it denies everything, what it does not mention as well: "
            f"add what is to be allowed, or confirm with allow_deny_all: true. See {EVALUATION}"
        )


def ids_have_no_wildcards(policy: Policy) -> Iterator[str]:
    """AWS: no wildcards and no numeric operators with keys for ids that AWS gives out."""
    for number, operator, key, value in conditions(policy):
        if key.lower() not in GENERATED_IDS:
            continue
        if "numeric" in operator.lower():
            yield f"statement {number} compares {key} by {operator}: use StringEquals for ids. See {CONSIDERATIONS}"
        elif re.search(r"[*?]", value):
            yield (
                f"statement {number} compares {key} with {value!r}: AWS takes no wildcards for ids, write them in "
                f"full. See {CONSIDERATIONS}"
            )


def wildcards_have_company(policy: Policy) -> Iterator[str]:
    """AWS: in string operators six consecutive characters stand before or after each wildcard."""
    for number, operator, key, value in conditions(policy):
        if re.search(r"string(not)?like", operator.lower()) and _has_a_lonely_wildcard(value):
            yield (
                f"statement {number} compares {key} by {operator} with {value!r}: AWS wants at least "
                f"{BESIDE_A_WILDCARD} consecutive characters before or after each wildcard. See {CONSIDERATIONS}"
            )


def _has_a_lonely_wildcard(value: str) -> bool:
    # ${*} and ${?} are the characters themselves.
    runs = [len(run) for run in re.split(r"[*?]", re.sub(r"\$\{[*?]\}", "_", value))]
    return any(max(pair) < BESIDE_A_WILDCARD for pair in pairwise(runs))


def accounts_are_whole(policy: Policy) -> Iterator[str]:
    """AWS: the account of an ARN in a resource or condition is an id or a wildcard, not both."""
    for number, statement in numbered(policy):
        resources = [*listed(statement.get("Resource", [])), *listed(statement.get("NotResource", []))]
        values = [value for found, _operator, _key, value in conditions(policy) if found == number]
        for arn in [*map(str, resources), *values]:
            account = (arn.split(":", 5) + [""] * 5)[4] if arn.startswith("arn:") else ""
            if re.search(r"[*?]", account) and account.strip("*?"):
                yield (
                    f"statement {number} names {arn}, whose account mixes digits and wildcards: write the whole id or "
                    f"*. See {CONSIDERATIONS}"
                )


Rule = Callable[[Policy], Iterator[str]]
RULES: tuple[Rule, ...] = (
    principals_are_named,
    length_is_within_the_limit,
    ids_have_no_wildcards,
    wildcards_have_company,
    accounts_are_whole,
)


def refuse(problems: Iterator[str]) -> None:
    """Raise PolicyError with every problem there is."""
    if found := list(problems):
        raise PolicyError(f"policy is refused: {'; '.join(found)}")


def problems(policy: Policy, allow_deny_all: bool) -> Iterator[str]:
    """Yield everything that is wrong with a policy, whatever it is for."""
    for rule in RULES if allow_deny_all else (*RULES, something_is_allowed):
        yield from rule(policy)


def conditions(policy: Policy) -> Iterator[tuple[int, str, str, str]]:
    """Yield the number of the statement, the operator, the key and the value of each test of a policy."""
    for number, statement in numbered(policy):
        for operator, keys in statement.get("Condition", {}).items():
            for key, values in keys.items():
                yield from ((number, operator, key, str(value)) for value in listed(values))
