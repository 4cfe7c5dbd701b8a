# SPDX-License-Identifier: GPL-3.0-or-later
"""Whoever calls from outside of the VPC with a key that IAM or STS gave out."""

from __future__ import annotations

import datetime
from dataclasses import dataclass
from typing import Any

from moto.iam.models import iam_backends
from moto.sts.models import sts_backends

from emulator.authorizer.authorizer import Source
from emulator.authorizer.policy import Principal
from emulator.control_plane import refusal
from emulator.control_plane.refusal import Refusal
from emulator.settings import ACCOUNT_ID


@dataclass(frozen=True)
class Deployer:
    """The owner of a key; `usable` is false for a key that was switched off, `expiration` is that of a session."""

    source: Source
    usable: bool = True
    session_token: str = ""
    expiration: datetime.datetime | None = None
    task_id: str = ""

    def refusal(self, token: str) -> Refusal | None:
        """Return why a request with this session token is refused, if it is."""
        if not self.usable or token != self.session_token:
            return refusal.INVALID
        now = datetime.datetime.now(datetime.UTC)
        return refusal.EXPIRED if self.expiration and self.expiration <= now else None


def lookup(access_key_id: str) -> Deployer | None:
    """Return who owns a key; nothing for keys that nobody gave out, which are the account's own."""
    key: Any = iam_backends[ACCOUNT_ID]["aws"].access_keys.get(access_key_id)
    if key is None:
        return None
    return _user(key) if key.user_name else _session(access_key_id)


def _user(key: Any) -> Deployer:
    user: Any = iam_backends[ACCOUNT_ID]["aws"].users.get(key.user_name)
    arn = str(user.arn) if user else f"arn:aws:iam::{ACCOUNT_ID}:user/{key.user_name}"
    return Deployer(
        Source(Principal(arn, ACCOUNT_ID), None, deploys=True), usable=user is not None and key.status == "Active"
    )


def _session(access_key_id: str) -> Deployer | None:
    assumed: Any = sts_backends[ACCOUNT_ID]["aws"].get_assumed_role_from_access_key(access_key_id)
    if assumed is None:
        return None
    return Deployer(
        source=Source(Principal(assumed.arn, ACCOUNT_ID), None, assumed.session_policies, deploys=True),
        session_token=assumed.session_token,
        expiration=assumed.expiration.replace(tzinfo=datetime.UTC),
    )
