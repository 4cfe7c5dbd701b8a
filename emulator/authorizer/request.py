# SPDX-License-Identifier: GPL-3.0-or-later
"""Who asks for what, as policies see it."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

Context = Mapping[str, tuple[str, ...]]

# Keys of type ArrayOf... in the Service Authorization Reference, of the services that the embedded AWS has: they need
# ForAllValues or ForAnyValue even if a request has one value.
MULTIVALUED_KEYS = frozenset(
    {
        "aws:calledvia",
        "aws:principalorgpaths",
        "aws:principalservicenameslist",
        "aws:resourceorgpaths",
        "aws:sourceorgpaths",
        "aws:tagkeys",
        "dynamodb:attributes",
        "dynamodb:leadingkeys",
        "kms:encryptioncontextkeys",
        "kms:grantoperations",
        "kms:resourcealiases",
    }
)

_SESSION = re.compile(r"arn:([^:]+):sts::([^:]*):assumed-role/([^/]+)/.+")


class PolicyLanguageError(ValueError):
    """A policy says what the language does not have, or what AWS leaves open: no verdict is better than a guess."""


@dataclass(frozen=True)
class Principal:
    """Who signed a request.

    `arn` is the session's (arn:aws:sts::123456789012:assumed-role/NAME/SESSION), a user's or the root user's
    (arn:aws:iam::123456789012:root); both it and `account` are empty for a service, which `service` names
    (logs.amazonaws.com).
    """

    arn: str
    account: str
    service: str = ""

    @property
    def role_arn(self) -> str:
        """Return the ARN of a session's role, any other principal's own ARN.

        A session's ARN does not tell the path of its role, so a role with a path gets one without here.
        """
        session = _SESSION.fullmatch(self.arn)
        return f"arn:{session[1]}:iam::{session[2]}:role/{session[3]}" if session else self.arn

    @property
    def is_root_user(self) -> bool:
        """Tell whether this is the root user of its account."""
        return self.arn.endswith(f":iam::{self.account}:root")


@dataclass(frozen=True)
class Request:
    """One call: `action` as dynamodb:GetItem, `resource` an ARN, or * for an action that has none.

    `context` holds the condition keys in lower case, each with its values; what is not there is absent. Raises
    ValueError for other keys, and for a text in place of the values, which would be silently misread.
    """

    principal: Principal
    action: str
    resource: str
    context: Context = field(default_factory=dict)

    def __post_init__(self) -> None:
        for key, values in self.context.items():
            if key != key.lower() or isinstance(values, str):
                raise ValueError(f"context {key!r}: expected a key in lower case and a tuple of values, got {values!r}")


def context_of(principal: Principal) -> dict[str, tuple[str, ...]]:
    """Return the condition keys that follow from who asks.

    aws:PrincipalArn is the role's ARN for a session, not the session's. Source: IAM User Guide,
    reference_policies_condition-keys, "Properties of the principal".
    """
    if principal.service:
        return {"aws:principalisawsservice": ("true",), "aws:principalservicename": (principal.service,)}
    found: dict[str, tuple[str, ...]] = {
        "aws:principalarn": (principal.role_arn,),
        "aws:principalaccount": (principal.account,),
        "aws:principalisawsservice": ("false",),
    }
    if ":user/" in principal.arn:
        found["aws:username"] = (principal.arn.rpartition("/")[2],)
    return found
