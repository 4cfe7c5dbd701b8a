# SPDX-License-Identifier: GPL-3.0-or-later
"""Identities that moto's IAM holds. It only stores them: what they mean is decided here."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from moto.iam.models import iam_backends

from emulator.authorizer.identities import ALLOW_ALL, DENY_ALL, Identity
from emulator.authorizer.policy import Principal
from emulator.control_plane.gate import IDENTITIES, Gate
from emulator.settings import ACCOUNT_ID


@dataclass(frozen=True)
class Reading:
    """What was read of IAM after a number of writes, by ARN of principals and of roles."""

    writes: int
    identities: dict[str, Identity] = field(default_factory=dict)
    trusts: dict[str, str | None] = field(default_factory=dict)


class IamState:
    """The identities of now: each is read once, and again after a write to IAM, or every request would pay for it."""

    def __init__(self, gate: Gate) -> None:
        self._gate = gate
        self._read = Reading(writes=-1)

    def of(self, principal: Principal) -> Identity | None:
        """Return the identity behind a principal of the account."""
        if principal.service or principal.account != ACCOUNT_ID:
            return None
        known = self._fresh().identities
        if principal.arn not in known:
            with self._gate.lock:
                known[principal.arn] = read_identity(principal)
        return known[principal.arn]

    def trust(self, role_arn: str) -> str | None:
        """Return the trust policy of a role, named by its whole ARN; nothing if there is no such role."""
        known = self._fresh().trusts
        if role_arn not in known:
            with self._gate.lock:
                known[role_arn] = _trust(role_arn)
        return known[role_arn]

    def _fresh(self) -> Reading:
        """Return what is read since the last write; what is added later belongs to the same state of IAM."""
        read = self._read
        if read.writes != self._gate.writes[IDENTITIES]:
            # One assignment: another thread sees the old reading or the new one, never a part of it.
            self._read = read = Reading(self._gate.writes[IDENTITIES])
        return read


def _iam() -> Any:
    return iam_backends[ACCOUNT_ID]["aws"]


def read_identity(principal: Principal) -> Identity:
    """Return the identity behind a principal as it is now; call under the lock."""
    if principal.is_root_user:
        return Identity(principal.arn, (ALLOW_ALL,))
    if ":user/" in principal.arn:
        return _user(principal.arn)
    name = principal.role_arn.rpartition("/")[2]
    role = next((role for role in list(_iam().roles.values()) if role.name == name), None)
    if role is None:
        return Identity(principal.role_arn)
    boundary = role.permissions_boundary_arn
    tags = {tag["Key"]: tag["Value"] for tag in _tags(role.tags)}
    return Identity(role.arn, tuple(_policies(role)), _document(boundary) if boundary else None, tags)


def _user(arn: str) -> Identity:
    """Return a user with its groups' policies. moto keeps no boundaries of users."""
    user = next((user for user in list(_iam().users.values()) if user.arn == arn), None)
    if user is None:
        return Identity(arn)
    groups = [group for group in list(_iam().groups.values()) if user in group.users]
    return Identity(arn, tuple(text for one in (user, *groups) for text in _policies(one)))


def _policies(attached_to: Any) -> Iterator[str]:
    for text in attached_to.policies.values():
        yield _text(text)
    for managed in attached_to.managed_policies.values():
        yield _default_version(managed)


def _document(policy_arn: str) -> str:
    """Return a boundary's document. One that is not stored here, such as AWS's own, allows nothing."""
    found = _iam().managed_policies.get(policy_arn)
    return _default_version(found) if found else DENY_ALL


def _default_version(managed: Any) -> str:
    return next(_text(one.document) for one in managed.versions if one.version_id == managed.default_version_id)


def _trust(role_arn: str) -> str | None:
    role = next((role for role in list(_iam().roles.values()) if role.arn == role_arn), None)
    return _text(role.assume_role_policy_document) if role else None


def _text(document: Any) -> str:
    return document if isinstance(document, str) else json.dumps(document)


def _tags(tags: Any) -> list[dict[str, str]]:
    """moto keeps tags as a list or, after a change, by key."""
    return list(tags.values()) if isinstance(tags, dict) else list(tags or [])
