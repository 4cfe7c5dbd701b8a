# SPDX-License-Identifier: GPL-3.0-or-later
"""The simulation of a principal's policies, which moto does not have."""

from __future__ import annotations

from typing import Any

from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.iam.responses import IamResponse

from emulator.authorizer import documents
from emulator.authorizer.iam_state import read_identity
from emulator.authorizer.identities import Identity
from emulator.authorizer.policy import Decision, Principal, Request
from emulator.control_plane.fidelity.error import AwsError
from emulator.settings import ACCOUNT_ID

WORDS = {
    Decision.ALLOWED: "allowed",
    Decision.EXPLICITLY_DENIED: "explicitDeny",
    Decision.IMPLICITLY_DENIED: "implicitDeny",
}


def apply() -> None:
    """Install the patch."""
    _simulate(IamResponse)


def _simulate(response_class: Any) -> None:
    """AWS: judges each action on each resource by the policies of a role and its boundary. moto: has no such operation.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_SimulatePrincipalPolicy.html
    """

    def simulate_principal_policy(response: Any) -> ActionResult:
        arn = response._get_param("PolicySourceArn")
        if not any(role.arn == arn for role in iam_backends[ACCOUNT_ID]["aws"].roles.values()):
            raise AwsError("NoSuchEntity", f"The role with ARN {arn} cannot be found.")
        principal = Principal(arn, ACCOUNT_ID)
        identity = read_identity(principal)
        results = [
            _result(identity, Request(principal, action, resource))
            for action in response._get_param("ActionNames")
            for resource in response._get_param("ResourceArns") or ["*"]
        ]
        return ActionResult({"EvaluationResults": results, "IsTruncated": False})

    response_class.simulate_principal_policy = simulate_principal_policy


def _result(identity: Identity, request: Request) -> dict[str, Any]:
    policies = [documents.read(text) for text in identity.policies]
    boundary = [documents.read(identity.boundary)] if identity.boundary else []
    decisions = [documents.decide(found, request) for found in (policies, boundary) if found or found is policies]
    if Decision.EXPLICITLY_DENIED in decisions:
        decision = Decision.EXPLICITLY_DENIED
    else:
        decision = next((one for one in decisions if one is not Decision.ALLOWED), Decision.ALLOWED)
    asked = {
        condition.key
        for document in (*policies, *boundary)
        for statement in document.statements
        if statement.names_action(request.action) and statement.names_resource(request.resource, request.context)
        for condition in statement.conditions
    }
    return {
        "EvalActionName": request.action,
        "EvalResourceName": request.resource,
        "EvalDecision": WORDS[decision],
        "MissingContextValues": sorted(asked - set(request.context)),
    }
