# SPDX-License-Identifier: GPL-3.0-or-later
"""The elements Principal and NotPrincipal.

Sources: IAM User Guide, reference_policies_elements_principal and reference_policies_elements_notprincipal; Amazon VPC
PrivateLink guide, vpc-endpoints-access, "Principals for gateway endpoints".
"""

from __future__ import annotations

import enum
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from emulator.authorizer.request import PolicyLanguageError, Principal

EVERYONE = "*"

_ACCOUNT = re.compile(r"arn:[^:]+:iam::(\d{12}):root|(\d{12})")
_ROLE = re.compile(r"(arn:[^:]+:iam::\d{12}:role/)(?:.*/)?([^/]+)")
_ONE_PRINCIPAL = re.compile(r"arn:[^:]+:(iam::\d{12}:(role|user)|sts::\d{12}:(assumed-role|federated-user))/[^*?]+")
_DELETED = re.compile(r"A[A-Z0-9]{15,127}")


class Grant(enum.IntEnum):
    """How the policy of a resource names whom it allows something; the higher, the less else is needed.

    IAM User Guide, reference_policies_evaluation-logic_policy-eval-denyallow, "Resource-based policies", and
    reference_policies_elements_principal: account principals only "delegate permissions to the account"; a role's ARN
    is "limited by an implicit deny in a permissions boundary or session policy"; a user, a session or everyone
    (wildcard) is not limited by any other policy's silence.
    """

    NOTHING = 0
    ACCOUNT = 1
    ROLE = 2
    DIRECT = 3


@dataclass(frozen=True)
class Element:
    """Whom a Principal or NotPrincipal element names: accounts by their number, a role's ARN without its path."""

    everyone: bool
    accounts: frozenset[str]
    arns: frozenset[str]
    services: frozenset[str]

    def names(self, principal: Principal) -> bool:
        """Tell whether a principal is meant: itself, its role, its account ("both delegate permissions to the
        account") or everyone.
        """
        return self.everyone or self._names_account(principal) or self._names_itself(principal)

    def grant(self, principal: Principal) -> Grant:
        """Return how a principal is meant by a statement that allows."""
        if self.everyone or (self._names_itself(principal) and not self._names_role_only(principal)):
            return Grant.DIRECT
        if self._names_itself(principal):
            return Grant.ROLE
        return Grant.ACCOUNT if self._names_account(principal) else Grant.NOTHING

    def names_all_of(self, principal: Principal) -> bool:
        """Tell whether a Deny with NotPrincipal leaves a principal alone.

        AWS "might validate the account first", then the role, then the session: "you must also specify the account ARN
        of the not-denied principal". So account and user, or account and role, have to be named.
        """
        if self.everyone or principal.service:
            return self.names(principal)
        named = principal.is_root_user or principal.role_arn in self.arns
        return named and self._names_account(principal)

    def names_on_gateway_endpoint(self, principal: Principal) -> bool:
        """Tell whether a principal is meant in the policy of a gateway endpoint.

        "With gateway endpoints, the Principal element must be set to *." An account "is granted to the AWS account
        root user only, not all users and roles for the account"; "you cannot limit the Principal element to a specific
        IAM role or user", so one that is named never matches.
        """
        return self.everyone or (principal.is_root_user and self._names_account(principal))

    def _names_account(self, principal: Principal) -> bool:
        return principal.account in self.accounts

    def _names_role_only(self, principal: Principal) -> bool:
        return not principal.service and principal.arn not in self.arns

    def _names_itself(self, principal: Principal) -> bool:
        if principal.service:
            return principal.service in self.services
        return principal.arn in self.arns or principal.role_arn in self.arns


def parse(value: Any) -> Element:
    """Read an element. Raises PolicyLanguageError for kinds of principals that are not known, and for wildcards in a
    name: "You cannot use a wildcard to match part of a principal name or ARN."

    Federated principals are never met here: nobody signs in to the embedded AWS.
    """
    if value == EVERYONE:
        return Element(True, frozenset(), frozenset(), frozenset())
    if not isinstance(value, Mapping) or not value or not value.keys() <= {"AWS", "Service", "Federated"}:
        raise PolicyLanguageError(f"principal {value!r}: expected * or an object with AWS, Service or Federated")
    names = {kind: [found] if isinstance(found, str) else list(found) for kind, found in value.items()}
    if any(EVERYONE in name for name in names.get("Service", [])):
        raise PolicyLanguageError(f"principal {value!r}: a service takes no wildcard")
    aws = names.get("AWS", [])
    accounts = {account[1] or account[2] for name in aws if (account := _ACCOUNT.fullmatch(name))}
    others = {name for name in aws if name != EVERYONE and not _ACCOUNT.fullmatch(name)}
    return Element(
        EVERYONE in aws,
        frozenset(accounts),
        frozenset(_one_principal(name) for name in others),
        frozenset(names.get("Service", [])),
    )


def _one_principal(name: str) -> str:
    """Return an ARN as a session's tells it: without the path of a role.

    The unique id that is left of a deleted role or user is nobody's ARN: "The policy no longer applies".
    """
    if not _ONE_PRINCIPAL.fullmatch(name) and not _DELETED.fullmatch(name):
        raise PolicyLanguageError(
            f"principal {name!r}: expected *, an account, or the whole ARN of a role, user or session"
        )
    return _ROLE.sub(r"\1\2", name)
