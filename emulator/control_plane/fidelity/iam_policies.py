# SPDX-License-Identifier: GPL-3.0-or-later
"""What IAM refuses to delete because something else depends on it."""

from __future__ import annotations

from typing import Any

from moto.iam.models import IAMBackend

from emulator.control_plane.fidelity.error import AwsError


def apply() -> None:
    """Install the patches."""
    _keep_policies_in_use(IAMBackend)


def _keep_policies_in_use(backend_class: Any) -> None:
    """AWS: keeps a policy that is attached, is a boundary, or has further versions. moto: deletes it.

    https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeletePolicy.html
    """
    original = backend_class.delete_policy

    def delete_policy(backend: Any, policy_arn: str) -> None:
        policy = backend.get_policy(policy_arn)
        owners = [*backend.roles.values(), *backend.users.values()]
        if any(policy_arn in (getattr(one, "permissions_boundary_arn", None) or "") for one in owners):
            raise _conflict("a policy that is a permissions boundary")
        if policy.attachment_count > 0:
            raise _conflict("a policy attached to entities")
        if len(policy.versions) > 1:
            raise _conflict("a policy with non-default versions")
        original(backend, policy_arn)

    backend_class.delete_policy = delete_policy


def _conflict(what: str) -> AwsError:
    return AwsError("DeleteConflict", f"Cannot delete {what}.")
