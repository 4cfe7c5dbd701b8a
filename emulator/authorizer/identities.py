# SPDX-License-Identifier: GPL-3.0-or-later
"""Roles and users, and the policies that are attached to them, as plain data."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from emulator.authorizer.policy import Principal

ALLOW_ALL = '{"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}'
DENY_ALL = '{"Version": "2012-10-17", "Statement": [{"Effect": "Deny", "Action": "*", "Resource": "*"}]}'


@dataclass(frozen=True)
class Identity:
    """A role or user: its ARN with the path, its policies as texts, of managed ones the default version."""

    arn: str
    policies: tuple[str, ...] = ()
    boundary: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)


class Identities(Protocol):
    """Finds what is attached to who calls."""

    def of(self, principal: Principal) -> Identity | None:
        """Return the identity behind a principal; nothing for a service and for principals of other accounts.

        A role that does not exist any more has no policies.
        """


class NoIdentities:
    """Knows nobody, so that policies of identities and resources do not apply."""

    def of(self, principal: Principal) -> Identity | None:
        """Return nothing."""
        return None
