# SPDX-License-Identifier: GPL-3.0-or-later
"""Documents and statements: the verdict.

Sources: IAM User Guide, reference_policies_grammar and reference_policies_evaluation-logic.
"""

from __future__ import annotations

import enum
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from emulator.authorizer import conditions, patterns, principals
from emulator.authorizer.principals import Grant
from emulator.authorizer.request import Context, PolicyLanguageError, Principal, Request, context_of

__all__ = [
    "Decision",
    "Grant",
    "PolicyLanguageError",
    "Principal",
    "Request",
    "context_of",
    "evaluate",
    "evaluate_all",
    "evaluate_gateway_endpoint_policy",
    "grant",
    "statements",
    "verdict",
]

VERSION_WITH_VARIABLES = "2012-10-17"
VERSION_WITHOUT_VARIABLES = "2008-10-17"

_DOCUMENT = {"Version", "Id", "Statement"}
_STATEMENT = {
    *("Sid", "Effect", "Principal", "NotPrincipal", "Action", "NotAction", "Resource", "NotResource", "Condition")
}


class Decision(enum.Enum):
    """What documents say. Without any statement that applies a request is denied, though nobody said so."""

    ALLOWED = "allowed"
    EXPLICITLY_DENIED = "explicitly denied"
    IMPLICITLY_DENIED = "implicitly denied"


@dataclass(frozen=True)
class Statement:
    """One statement, ready to be asked; without `names_principal` it holds for whoever has it attached.

    `grant` tells how a principal is named, which counts only where the statement allows.
    """

    allows: bool
    names_principal: Callable[[Principal], bool] | None
    grant: Callable[[Principal], Grant]
    names_action: Callable[[str], bool]
    names_resource: Callable[[str, Context], bool]
    conditions: tuple[conditions.Condition | conditions.NullCheck, ...]

    def applies(self, request: Request) -> bool:
        """Tell whether the statement speaks of a request."""
        return (
            (self.names_principal is None or self.names_principal(request.principal))
            and self.names_action(request.action)
            and self.names_resource(request.resource, request.context)
            and all(condition.holds(request.context) for condition in self.conditions)
        )


def evaluate(document: Mapping[str, Any], request: Request) -> Decision:
    """Judge a request by one document; an explicit deny wins over an allow.

    A document whose statements have a Principal is that of a resource or an interface endpoint; in one without, the
    statements speak of the principal that it is attached to. Raises PolicyLanguageError.
    """
    return evaluate_all([document], request)


def evaluate_all(documents: Iterable[Mapping[str, Any]], request: Request) -> Decision:
    """Judge a request by the statements of several documents together, as of all policies of one role."""
    return _verdict([statement for document in documents for statement in statements(document)], request)


def evaluate_gateway_endpoint_policy(document: Mapping[str, Any], request: Request) -> Decision:
    """Judge a request by the policy of a gateway endpoint, where a principal is matched in a way of its own.

    See `principals.Element.names_on_gateway_endpoint`. Raises PolicyLanguageError, also for a statement without
    Principal ("It must contain a Principal element") and for NotPrincipal, of which AWS says nothing there.
    """
    return _verdict(statements(document, on_gateway_endpoint=True), request)


def verdict(found: Iterable[Statement], request: Request) -> Decision:
    """Judge a request by statements that were read before."""
    return _verdict(list(found), request)


def grant(found: Iterable[Statement], request: Request) -> Grant:
    """Return the most that the statements of a resource's policy give to who asks, denials aside."""
    grants = (
        statement.grant(request.principal) for statement in found if statement.allows and statement.applies(request)
    )
    return max(grants, default=Grant.NOTHING)


def _verdict(found: list[Statement], request: Request) -> Decision:
    applying = [statement for statement in found if statement.applies(request)]
    if not applying:
        return Decision.IMPLICITLY_DENIED
    return Decision.ALLOWED if all(statement.allows for statement in applying) else Decision.EXPLICITLY_DENIED


def statements(document: Mapping[str, Any], *, on_gateway_endpoint: bool = False) -> list[Statement]:
    """Read a document, once for many requests. Raises PolicyLanguageError."""
    version = document.get("Version", VERSION_WITHOUT_VARIABLES)
    if version not in (VERSION_WITH_VARIABLES, VERSION_WITHOUT_VARIABLES):
        raise PolicyLanguageError(f"Version {version!r}: expected {VERSION_WITH_VARIABLES}")
    _refuse_unknown(document, _DOCUMENT)
    written = _listed(document.get("Statement"), "Statement")
    for statement in written:
        if not isinstance(statement, Mapping):
            raise PolicyLanguageError(f"Statement: expected an object, got {statement!r}")
    has_principals = on_gateway_endpoint or any(_principal_elements(statement) for statement in written)
    variables = version == VERSION_WITH_VARIABLES
    return [_statement(statement, variables, has_principals, on_gateway_endpoint) for statement in written]


def _statement(
    written: Mapping[str, Any], variables: bool, has_principals: bool, on_gateway_endpoint: bool
) -> Statement:
    _refuse_unknown(written, _STATEMENT)
    effect = written.get("Effect")
    if effect not in ("Allow", "Deny"):
        raise PolicyLanguageError(f"Effect: expected Allow or Deny, got {effect!r}")
    return Statement(
        allows=effect == "Allow",
        names_principal=_names_principal(written, on_gateway_endpoint) if has_principals else None,
        grant=_grant(written),
        names_action=_names_action(written),
        names_resource=_names_resource(written, variables, has_principals),
        conditions=conditions.parse(written.get("Condition", {}), variables=variables),
    )


def _names_principal(written: Mapping[str, Any], on_gateway_endpoint: bool) -> Callable[[Principal], bool]:
    """Read Principal or NotPrincipal.

    NotPrincipal with Allow means all but whoever is named in any way; with Deny it spares only who is named in every
    way, see `principals.Element.names_all_of`.
    """
    name, negated, value = _one_of(written, "Principal")
    element = principals.parse(value)
    if on_gateway_endpoint:
        if negated:
            raise PolicyLanguageError(f"{name} has no documented meaning in the policy of a gateway endpoint")
        return element.names_on_gateway_endpoint
    if not negated:
        return element.names
    if written["Effect"] == "Allow":
        return lambda principal: not element.names(principal)
    return lambda principal: not element.names_all_of(principal)


def _grant(written: Mapping[str, Any]) -> Callable[[Principal], Grant]:
    """Whoever is not excepted by NotPrincipal is meant directly, as by a wildcard."""
    if "Principal" in written:
        return principals.parse(written["Principal"]).grant
    return lambda principal: Grant.DIRECT


def _names_action(written: Mapping[str, Any]) -> Callable[[str], bool]:
    name, negated, value = _one_of(written, "Action")
    tests = [patterns.action_test(text) for text in _texts(value, name)]
    return lambda action: any(test(action) for test in tests) != negated


def _names_resource(
    written: Mapping[str, Any], variables: bool, has_principals: bool
) -> Callable[[str, Context], bool]:
    """Read Resource or NotResource; trust policies have neither, and mean what they are attached to."""
    if has_principals and not written.keys() & {"Resource", "NotResource"}:
        return lambda resource, context: True
    name, negated, value = _one_of(written, "Resource")
    tests = [
        patterns.resource_test(text, variables=variables, completed=not has_principals) for text in _texts(value, name)
    ]
    return lambda resource, context: any(test(resource, context) for test in tests) != negated


def _one_of(written: Mapping[str, Any], name: str) -> tuple[str, bool, Any]:
    """Return the one of two elements that is there, for example of Action and NotAction; both cannot be."""
    found = [element for element in (name, f"Not{name}") if element in written]
    if len(found) != 1:
        raise PolicyLanguageError(f"expected one of {name} and Not{name} in {dict(written)!r}")
    return found[0], found[0] != name, written[found[0]]


def _principal_elements(written: Mapping[str, Any]) -> set[str]:
    return written.keys() & {"Principal", "NotPrincipal"}


def _refuse_unknown(written: Mapping[str, Any], known: set[str]) -> None:
    if unknown := written.keys() - known:
        raise PolicyLanguageError(f"unknown element {', '.join(sorted(unknown))}")


def _listed(value: Any, name: str) -> list[Any]:
    found = value if isinstance(value, list) else [value]
    if not found or None in found:
        raise PolicyLanguageError(f"{name}: expected at least one")
    return found


def _texts(value: Any, name: str) -> list[str]:
    found = _listed(value, name)
    if not all(isinstance(text, str) for text in found):
        raise PolicyLanguageError(f"{name}: expected texts, got {value!r}")
    return found
