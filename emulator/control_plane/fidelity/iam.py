# SPDX-License-Identifier: GPL-3.0-or-later
"""IAM as AWS answers it."""

from __future__ import annotations

import functools
import inspect
from typing import Any

from moto.iam.models import IAMBackend

from emulator.control_plane.fidelity.error import AwsError


def apply() -> None:
    """Install the patches."""
    _ask_for_the_boundary(IAMBackend)


def _ask_for_the_boundary(backend_class: Any) -> None:
    """AWS: a boundary that does not exist is NoSuchEntity. moto: any well-formed ARN will do."""
    create, put = backend_class.create_role, backend_class.put_role_permissions_boundary

    @functools.wraps(create)
    def create_role(backend: Any, *arguments: Any, **options: Any) -> Any:
        given = inspect.signature(create).bind(backend, *arguments, **options).arguments
        _find(backend, given["permissions_boundary"])
        return create(backend, *arguments, **options)

    def put_role_permissions_boundary(backend: Any, role_name: str, permissions_boundary: str) -> None:
        _find(backend, permissions_boundary)
        put(backend, role_name, permissions_boundary)

    backend_class.create_role = create_role
    backend_class.put_role_permissions_boundary = put_role_permissions_boundary


def _find(backend: Any, arn: str | None) -> None:
    # AWS's own policies exist, though moto does not load them.
    if arn and ":iam::aws:policy/" not in arn and arn not in backend.managed_policies:
        raise AwsError("NoSuchEntity", f"Scope ARN: {arn} does not exist or is not attachable.")
