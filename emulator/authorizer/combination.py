# SPDX-License-Identifier: GPL-3.0-or-later
"""How policies of different kinds add up to one answer.

Source: IAM User Guide, reference_policies_evaluation-logic_policy-eval-denyallow ("How AWS enforcement code logic
evaluates requests to allow or deny access") and reference_policies_evaluation-logic-cross-account.
"""

from __future__ import annotations

import enum
from collections.abc import Mapping
from dataclasses import dataclass

from emulator.authorizer.policy import Decision, Grant


class Kind(enum.Enum):
    """A kind of policy, in the words of AWS's messages."""

    ENDPOINT = "VPC endpoint policy"
    RESOURCE = "resource-based policy"
    IDENTITY = "identity-based policy"
    BOUNDARY = "permissions boundary"
    SESSION = "session policy"


@dataclass(frozen=True)
class Relation:
    """What decides which kinds have to allow a request, besides what they say.

    `resource_decides` is for keys and roles: "IAM role trust policies and AWS KMS key policies [...] must explicitly
    allow the request for the principal". A service that asks in its own name belongs to no account.
    """

    same_account: bool = True
    resource_decides: bool = False


@dataclass(frozen=True)
class Denial:
    """The kind of policy that is against a request, and whether it says so or is only silent."""

    kind: Kind
    decision: Decision


def denial(opinions: Mapping[Kind, Decision], grant: Grant, relation: Relation) -> Denial | None:
    """Return what is against a request; nothing if it is allowed.

    A kind without opinion does not apply: no endpoint on the way, no boundary, policies of another account that nobody
    here can know. `grant` is how the resource's policy names who asks, if it allows.
    """
    for kind, decision in opinions.items():
        if decision is Decision.EXPLICITLY_DENIED:
            return Denial(kind, decision)
    for kind in _needed(opinions.get(Kind.RESOURCE), grant, relation):
        if opinions.get(kind) is Decision.IMPLICITLY_DENIED:
            return Denial(kind, Decision.IMPLICITLY_DENIED)
    return None


def _needed(resource: Decision | None, grant: Grant, relation: Relation) -> tuple[Kind, ...]:
    """Return the kinds that have to allow a request."""
    if not relation.same_account:
        return (Kind.ENDPOINT, Kind.RESOURCE, Kind.IDENTITY, Kind.BOUNDARY, Kind.SESSION)
    needed = (Kind.ENDPOINT, Kind.RESOURCE) if relation.resource_decides else (Kind.ENDPOINT,)
    if resource is Decision.ALLOWED and grant is Grant.DIRECT:
        return needed
    if resource is Decision.ALLOWED and grant is Grant.ROLE:
        return (*needed, Kind.BOUNDARY, Kind.SESSION)
    return (*needed, Kind.IDENTITY, Kind.BOUNDARY, Kind.SESSION)
