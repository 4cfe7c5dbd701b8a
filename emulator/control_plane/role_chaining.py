# SPDX-License-Identifier: GPL-3.0-or-later
"""Role chaining: who assumes a role from inside the VPC stays there.

AWS's keys work from everywhere; a task has no other place to use them from, so here they act from its own.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from moto.core.exceptions import ServiceException
from moto.core.responses import ActionResult
from moto.iam.models import iam_backends
from moto.sts.responses import TokenResponse

from emulator.authorizer.identities import DENY_ALL
from emulator.control_plane.credentials import Credentials
from emulator.settings import ACCOUNT_ID

# https://docs.aws.amazon.com/IAM/latest/UserGuide/id_credentials_sts-comparison.html: not with keys of a role.
NOT_IN_A_SESSION = {"get_session_token": "GetSessionToken", "get_federation_token": "GetFederationToken"}
# Nobody signs in to the embedded AWS, so no trust policy can name who asks.
FEDERATED = {
    "assume_role_with_web_identity": "AssumeRoleWithWebIdentity",
    "assume_role_with_saml": "AssumeRoleWithSAML",
}

Action = Callable[[Any], ActionResult]


class NotAuthorizedError(ServiceException):
    """STS gives no keys; the text says why."""

    code = "AccessDenied"


def install(credentials: Credentials) -> None:
    """Bind keys that STS gives out to who asked for them, and give none where AWS would not."""
    _replace("assume_role", lambda original: lambda response: _assume(original, response, credentials))
    for name, operation in NOT_IN_A_SESSION.items():
        _replace(name, _refused_in_a_session(operation, credentials))
    for name, operation in FEDERATED.items():
        _replace(name, _refused(operation))


def _replace(name: str, make: Callable[[Action], Action]) -> None:
    """Replace an action of moto, or what has replaced it before."""
    response_class: Any = TokenResponse
    found = getattr(response_class, name)
    original = getattr(found, "replaced", found)
    new: Any = make(original)
    new.replaced = original
    setattr(response_class, name, new)


def _assume(original: Action, response: Any, credentials: Credentials) -> ActionResult:
    answer = original(response)
    content: Any = answer.result
    assumed = content["Credentials"]
    assumed.session_policies = _session_policies(response)
    credentials.follow(response.access_key, assumed, assumed.session_policies)
    return answer


def _refused_in_a_session(operation: str, credentials: Credentials) -> Callable[[Action], Action]:
    def make(original: Action) -> Action:
        def action(response: Any) -> ActionResult:
            if credentials.lookup(response.access_key):
                raise NotAuthorizedError(f"Cannot call {operation} with session credentials")
            return original(response)

        return action

    return make


def _refused(operation: str) -> Callable[[Action], Action]:
    def action(response: Any) -> ActionResult:
        raise NotAuthorizedError(f"Not authorized to perform sts:{operation}")

    return lambda original: action


def _session_policies(response: Any) -> tuple[str, ...]:
    """Return the policies that limit the session: one in the request, and managed ones by their ARNs."""
    given = response._get_param("Policy")
    managed = [_managed(one["arn"]) for one in response._get_param("PolicyArns", [])]
    return tuple([given, *managed] if given else managed)


def _managed(arn: str) -> str:
    policy: Any = iam_backends[ACCOUNT_ID]["aws"].managed_policies.get(arn)
    if policy is None:
        return DENY_ALL
    return str(next(one.document for one in policy.versions if one.version_id == policy.default_version_id))
