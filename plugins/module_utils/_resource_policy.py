# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Policies that are attached to a resource: read, checked, written and compared by meaning."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.policy import compare_policies
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

Policy = dict[str, Any]

# https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_grammar.html
VERSIONS = ("2012-10-17", "2008-10-17")
POLICY_ELEMENTS = frozenset({"Version", "Id", "Statement"})
ALTERNATIVES = (("Principal", "NotPrincipal"), ("Action", "NotAction"), ("Resource", "NotResource"))
STATEMENT_ELEMENTS = frozenset({"Sid", "Effect", "Condition"}.union(*ALTERNATIVES))
ROOT_OF_ACCOUNT = re.compile(r"arn:aws[a-z-]*:iam::(\d{12}):root")


class PolicyError(PlanError):
    """A policy cannot be what was written; the message is for the user."""


def parse(text: str) -> Policy:
    """Read a policy as the user wrote it, or raise PolicyError with everything that is wrong with its form."""
    try:
        policy: Policy = json.loads(text, object_pairs_hook=_object_without_duplicates)
    except json.JSONDecodeError as error:
        raise PolicyError(f"policy is not valid JSON: {error}") from error
    problems = list(_policy_problems(policy))
    if problems:
        raise PolicyError(f"policy is malformed: {'; '.join(problems)}")
    return policy


def compact(policy: Policy) -> str:
    """Write a policy as it is sent: white space counts against the limit."""
    return json.dumps(policy, separators=(",", ":"))


def pretty(policy: Policy) -> str:
    """Write a policy so that two can be compared line by line; nothing for no policy."""
    return json.dumps(policy, indent=2, sort_keys=True) + "\n" if policy else ""


def statements(policy: Policy) -> list[Any]:
    """List the statements, of which a policy may have one without a list."""
    statement = policy["Statement"]
    return statement if isinstance(statement, list) else [statement]


def numbered(policy: Policy) -> Iterator[tuple[int, Any]]:
    """Count the statements as people do."""
    return enumerate(statements(policy), start=1)


def listed(value: Any) -> list[Any]:
    """Return what may be one value or a list of them as a list."""
    return value if isinstance(value, list) else [value]


def differ(one: Policy, other: Policy) -> bool:
    """Compare by meaning: order, lists of one and the spelling of a principal or condition key don't matter."""
    return bool(compare_policies(_canonical(one), _canonical(other)))


def _canonical(policy: Policy) -> Policy:
    return {**policy, "Statement": [_canonical_statement(statement) for statement in statements(policy)]}


def _canonical_statement(statement: Mapping[str, Any]) -> dict[str, Any]:
    canonical = dict(statement)
    if "Condition" in statement:
        canonical["Condition"] = {
            operator: _canonical_tests(tests) for operator, tests in statement["Condition"].items()
        }
    for name in ("Principal", "NotPrincipal"):
        if isinstance(statement.get(name), dict):
            canonical[name] = {kind: _accounts(values) for kind, values in statement[name].items()}
    return canonical


def _accounts(principals: Any) -> list[Any]:
    """Write the ARN of an account's root as the account's id; compare_policies does that in one partition only."""
    return [ROOT_OF_ACCOUNT.sub(r"\1", one) if isinstance(one, str) else one for one in listed(principals)]


def _canonical_tests(tests: Mapping[str, Any]) -> Mapping[str, Any]:
    lowered = {key.lower(): _literals(values) for key, values in tests.items()}
    spellings_clash = len(lowered) < len(tests)
    return tests if spellings_clash else lowered


def _literals(values: Any) -> list[str]:
    """Shield the values of a condition from compare_policies.

    It ignores fractions, and takes the ARN of an account's root for the account's id, which is right in a
    principal only: `aws:PrincipalArn` never equals an account's id.
    """
    return [f"literal {value if isinstance(value, str) else json.dumps(value)}" for value in listed(values)]


def _object_without_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    names = [name for name, _value in pairs]
    repeated = sorted({name for name in names if names.count(name) > 1})
    if repeated:
        raise PolicyError(f"policy is malformed: {', '.join(repeated)} appears more than once in one object")
    return dict(pairs)


def _policy_problems(policy: Any) -> Iterator[str]:
    if not isinstance(policy, dict):
        yield "it is not an object"
        return
    yield from (f"unknown element {name}" for name in sorted(policy.keys() - POLICY_ELEMENTS))
    if policy.get("Version", VERSIONS[0]) not in VERSIONS:
        yield f"Version is none of {', '.join(VERSIONS)}"
    if not policy.get("Statement"):
        yield "it has no Statement"
        return
    for number, statement in numbered(policy):
        yield from (f"statement {number} {problem}" for problem in _statement_problems(statement))


def _statement_problems(statement: Any) -> Iterator[str]:
    if not isinstance(statement, dict):
        yield "is not an object"
        return
    yield from (f"has the unknown element {name}" for name in sorted(statement.keys() - STATEMENT_ELEMENTS))
    if statement.get("Effect") not in ("Allow", "Deny"):
        yield "needs the Effect Allow or Deny"
    for pair in ALTERNATIVES:
        # Whether a principal is needed depends on the kind of the policy.
        if pair[0] == "Principal" and not statement.keys() & set(pair):
            continue
        if sum(bool(statement.get(name)) for name in pair) != 1:
            yield f"needs either {pair[0]} or {pair[1]}, and not empty"
    condition = statement.get("Condition", {})
    if not isinstance(condition, dict) or not all(isinstance(tests, dict) for tests in condition.values()):
        yield "needs a Condition of the form {operator: {key: value}}"
