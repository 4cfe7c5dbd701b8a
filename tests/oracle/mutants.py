# SPDX-License-Identifier: GPL-3.0-or-later
"""Judges that are wrong in one thing each, which the cases have to tell from the right one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from emulator.authorizer import authorizer, combination, conditions, operators, patterns, policy, principals
from emulator.authorizer.combination import Kind, Relation
from emulator.authorizer.policy import Decision, Grant

Mutation = Callable[[pytest.MonkeyPatch], None]
HOLDS, JUDGE, PARSE = conditions.Condition.holds, policy.evaluate_all, patterns.parse


def _operator(name: str, like: str) -> Mutation:
    """Let an operator do what another one does."""
    return lambda patch: patch.setitem(operators.OPERATORS, name, operators.OPERATORS[like])


def _method(owner: Any, name: str, method: Callable[..., Any]) -> Mutation:
    return lambda patch: patch.setattr(owner, name, method)


def _not_is_ignored(element: str) -> Mutation:
    """Take NotAction, NotResource or NotPrincipal for the element without Not."""
    original = policy._one_of

    def one_of(written: Any, name: str) -> tuple[str, bool, Any]:
        found, negated, value = original(written, name)
        return found, negated and name != element, value

    return _method(policy, "_one_of", one_of)


def _variable(change: Callable[[str, patterns.Piece], patterns.Piece]) -> Mutation:
    original = patterns._variable
    return _method(patterns, "_variable", lambda body: change(body, original(body)))


def _resource_test(**options: Any) -> Mutation:
    original = patterns.resource_test
    return _method(patterns, "resource_test", lambda text, **given: original(text, **{**given, **options}))


def _within(within: str) -> Mutation:
    """Let wildcards stand for fewer characters."""
    original = patterns.expression
    return _method(patterns, "expression", lambda pieces, **_: original(pieces, within=within))


def _case_sensitive_action(text: str) -> Callable[[str], bool]:
    return lambda action: patterns.matches(patterns.expression(PARSE(text, variables=False)), action)


def _key_as_written(patch: pytest.MonkeyPatch) -> None:
    original = conditions._condition
    patch.setattr(conditions, "_condition", lambda name, key, *rest: replace(original(name, key, *rest), key=key))


def _null_inverted(self: conditions.NullCheck, context: Any) -> bool:
    return bool(any(context.get(self.key, ()))) in self.absent


def _allow_wins(statements: list[policy.Statement], request: policy.Request) -> policy.Decision:
    applying = [statement.allows for statement in statements if statement.applies(request)]
    if any(applying):
        return policy.Decision.ALLOWED
    return policy.Decision.EXPLICITLY_DENIED if applying else policy.Decision.IMPLICITLY_DENIED


def _alternatives(patch: pytest.MonkeyPatch) -> None:
    """Let one condition of several suffice."""
    original = policy.Statement.applies

    def applies(self: policy.Statement, request: policy.Request) -> bool:
        single = [replace(self, conditions=(condition,)) for condition in self.conditions]
        return any(original(statement, request) for statement in single or [self])

    patch.setattr(policy.Statement, "applies", applies)


def _without_layer(kind: Kind) -> Mutation:
    return lambda patch: patch.setattr(
        authorizer, "LAYERS", tuple(one for one in authorizer.LAYERS if one.kind is not kind)
    )


def _always_needed(kind: Kind) -> Mutation:
    """Let a kind limit even what is granted directly."""
    original = combination._needed

    def needed(resource: Decision | None, grant: Grant, relation: Relation) -> tuple[Kind, ...]:
        return tuple(dict.fromkeys((*original(resource, grant, relation), kind)))

    return _method(combination, "_needed", needed)


def _relation(**changes: bool) -> Mutation:
    """Take every request for one of some relation."""
    original = combination.denial
    return _method(
        combination, "denial", lambda opinions, grant, relation: original(opinions, grant, replace(relation, **changes))
    )


def _grant(taken: Grant, given: Grant) -> Mutation:
    """Take one way of naming a principal for another."""
    original = combination.denial
    return _method(
        combination,
        "denial",
        lambda opinions, grant, relation: original(opinions, given if grant is taken else grant, relation),
    )


def _only_silence(patch: pytest.MonkeyPatch) -> None:
    """Take an explicit deny for silence, which something else may outweigh."""
    original = combination.denial
    silent = {Decision.EXPLICITLY_DENIED: Decision.IMPLICITLY_DENIED}

    def denial(opinions: Any, grant: Grant, relation: Relation) -> combination.Denial | None:
        return original({kind: silent.get(said, said) for kind, said in opinions.items()}, grant, relation)

    patch.setattr(combination, "denial", denial)


CONDITION, ELEMENT = conditions.Condition, principals.Element

MUTANTS: dict[str, Mutation] = {
    "StringEquals ignores case": _operator("StringEquals", like="StringEqualsIgnoreCase"),
    "StringEqualsIgnoreCase minds case": _operator("StringEqualsIgnoreCase", like="StringEquals"),
    "StringEquals knows wildcards": _operator("StringEquals", like="StringLike"),
    "StringLike knows no wildcards": _operator("StringLike", like="StringEquals"),
    "StringNotLike is not negated": _operator("StringNotLike", like="StringLike"),
    "numbers are texts": _operator("NumericEquals", like="StringEquals"),
    "NumericLessThan is at most": _operator("NumericLessThan", like="NumericLessThanEquals"),
    "NumericGreaterThanEquals is more than": _operator("NumericGreaterThanEquals", like="NumericGreaterThan"),
    "dates are texts": _operator("DateEquals", like="StringEquals"),
    "DateLessThanEquals is before": _operator("DateLessThanEquals", like="DateLessThan"),
    "DateGreaterThan is at or after": _operator("DateGreaterThan", like="DateGreaterThanEquals"),
    "Bool minds case": _operator("Bool", like="StringEquals"),
    "addresses are texts": _operator("IpAddress", like="StringEquals"),
    "NotIpAddress is not negated": _operator("NotIpAddress", like="IpAddress"),
    "ArnEquals knows no wildcards": _operator("ArnEquals", like="StringEquals"),
    "ArnLike reaches beyond colons": _operator("ArnLike", like="StringLike"),
    "ArnNotEquals knows no wildcards": _operator("ArnNotEquals", like="StringNotEquals"),
    "bytes are texts in whatever case": _operator("BinaryEquals", like="StringEqualsIgnoreCase"),
    "Null is inverted": _method(conditions.NullCheck, "holds", _null_inverted),
    "ForAllValues is ForAnyValue": _method(
        CONDITION, "_holds_for", lambda self, values, context: any(self._accepts(value, context) for value in values)
    ),
    "ForAnyValue is ForAllValues": _method(
        CONDITION, "_holds_for", lambda self, values, context: all(self._accepts(value, context) for value in values)
    ),
    "ForAllValues of nothing is false": _method(
        CONDITION, "_holds_without_key", lambda self: self.operator.negated and not self.quantifier
    ),
    "ForAnyValue of nothing is true if negated": _method(
        CONDITION, "_holds_without_key", lambda self: self.quantifier == "ForAllValues" or self.operator.negated
    ),
    "an absent key is never unequal": _method(
        CONDITION, "_holds_without_key", lambda self: self.quantifier == "ForAllValues"
    ),
    "an absent key never matters": _method(CONDITION, "_holds_without_key", lambda self: True),
    "IfExists is ignored": _method(
        CONDITION, "holds", lambda self, context: HOLDS(replace(self, if_exists=False), context)
    ),
    "multivalued keys need no quantifier": lambda patch: patch.setattr(conditions, "MULTIVALUED_KEYS", frozenset()),
    "unequal to one value suffices": _method(
        CONDITION,
        "_accepts",
        lambda self, value, context: any(test(value, context) != self.operator.negated for test in self.tests),
    ),
    "condition keys mind case": _key_as_written,
    "one condition of several suffices": _alternatives,
    "conditions are ignored": lambda patch: patch.setattr(conditions, "parse", lambda block, variables: ()),
    "variables stay as written": _method(patterns, "parse", lambda text, variables: PARSE(text, variables=False)),
    "defaults are ignored": _variable(
        lambda body, piece: replace(piece, default="") if isinstance(piece, patterns.Variable) else piece
    ),
    "defaults always win": _variable(
        lambda body, piece: piece.default or piece if isinstance(piece, patterns.Variable) else piece
    ),
    "${*} is a wildcard": _variable(lambda body, piece: patterns.Wildcard.ANY if body == "*" else piece),
    "multivalued keys are variables": lambda patch: patch.setattr(patterns, "MULTIVALUED_KEYS", frozenset()),
    "wildcards stop at slashes": _within("[^/]"),
    "wildcards stop at colons everywhere": _within("[^:]"),
    "incomplete ARNs stay incomplete": _resource_test(completed=False),
    "incomplete ARNs are completed everywhere": _resource_test(completed=True),
    "actions mind case": _method(patterns, "action_test", _case_sensitive_action),
    "NotAction is Action": _not_is_ignored("Action"),
    "NotResource is Resource": _not_is_ignored("Resource"),
    "NotPrincipal is Principal": _not_is_ignored("Principal"),
    "an allow wins": _method(policy, "_verdict", _allow_wins),
    "only the first policy counts": _method(
        policy, "evaluate_all", lambda documents, request: JUDGE(list(documents)[:1], request)
    ),
    "principals are ignored": _method(ELEMENT, "names", lambda self, principal: True),
    "an account does not stand for its roles": _method(ELEMENT, "_names_account", lambda self, principal: False),
    "a role does not stand for its sessions": _method(
        ELEMENT,
        "_names_itself",
        lambda self, principal: principal.arn in self.arns or principal.service in self.services,
    ),
    "services are nobody": _method(
        ELEMENT, "_names_itself", lambda self, principal: bool({principal.arn, principal.role_arn} & self.arns)
    ),
    "a role's path counts": lambda patch: patch.setattr(principals, "_one_principal", lambda name: name),
    **{f"no {kind.value} counts": _without_layer(kind) for kind in Kind},
    "an identity's policy is always needed": _always_needed(Kind.IDENTITY),
    "a resource's policy is always needed": _always_needed(Kind.RESOURCE),
    "a boundary limits what is granted directly": _always_needed(Kind.BOUNDARY),
    "keys and roles need not allow": _relation(resource_decides=False),
    "every resource has to allow": _relation(resource_decides=True),
    "all accounts are one": _relation(same_account=True),
    "every account is another": _relation(same_account=False),
    "an account is meant directly": _grant(Grant.ACCOUNT, Grant.DIRECT),
    "a role's ARN only delegates": _grant(Grant.ROLE, Grant.ACCOUNT),
    "a boundary does not limit a role's ARN": _grant(Grant.ROLE, Grant.DIRECT),
    "whom a resource names directly is limited": _grant(Grant.DIRECT, Grant.ROLE),
    "an explicit deny is only silence": _only_silence,
}
