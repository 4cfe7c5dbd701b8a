# SPDX-License-Identifier: GPL-3.0-or-later
"""Credentials of tasks: issued by the container credentials endpoint, checked at the edge."""

from __future__ import annotations

import datetime
import hmac
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from moto.sts.models import sts_backends

from emulator.authorizer.authorizer import Source
from emulator.authorizer.network import Position
from emulator.authorizer.policy import Principal
from emulator.control_plane import refusal
from emulator.control_plane.refusal import Refusal
from emulator.control_plane.wsgi import Answer, Environment, json_answer
from emulator.settings import REGION

# A new key is handed out when less than this part of a key's life is left, as the ECS agent does it early.
RENEWAL_PART = 0.3
# Who signs the addresses of image layers: a principal of Amazon ECR, in an account that is not the user's.
FOREIGN_ACCOUNT = "111122223333"
FOREIGN_ROLE = f"arn:aws:iam::{FOREIGN_ACCOUNT}:role/ecr-layers"


def _utc_now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)


@dataclass(frozen=True)
class Grant:
    """One access key of one task, or of a probe in a task's place; `source` says who calls, from where."""

    task_id: str
    source: Source
    role_arn: str
    access_key_id: str
    secret_access_key: str
    session_token: str
    expiration: datetime.datetime

    def refusal(self, token: str) -> Refusal | None:
        """Return why a request with this session token is refused, if it is."""
        if not hmac.compare_digest(token.encode(), self.session_token.encode()):
            return refusal.INVALID
        return refusal.EXPIRED if self.expiration <= _utc_now() else None


class Credentials:
    """Issue keys for tasks and remember whose they are, even after their end: unknown keys pass as a user's."""

    def __init__(self, lifetime: int) -> None:
        self._lifetime = lifetime
        self._lock = threading.Lock()
        self._by_key: dict[str, Grant] = {}
        self._latest: dict[str, Grant] = {}

    def lookup(self, access_key_id: str) -> Grant | None:
        """Return the grant that a key belongs to."""
        return self._by_key.get(access_key_id)

    def current(self, task_id: str, role_arn: str, position: Position) -> Grant:
        """Return the key of a task; the same one until it nears its end, or SDKs would ask for every call."""
        with self._lock:
            latest = self._latest.get(task_id)
            if latest is None or (latest.expiration - _utc_now()).total_seconds() < self._lifetime * RENEWAL_PART:
                latest = self._issue(task_id, role_arn, position)
                self._latest[task_id] = latest
            return latest

    def probe(self, role_arn: str, position: Position) -> Grant:
        """Return a new key of a role that acts from a place where no task need be."""
        with self._lock:
            return self._issue(f"probe{len(self._by_key)}", role_arn, position)

    def follow(self, access_key_id: str, assumed: Any, session_policies: tuple[str, ...]) -> None:
        """Bind what AssumeRole gave to the owner of a key to the owner's place; others' keys are free as they were."""
        with self._lock:
            owner = self._by_key.get(access_key_id)
            if owner is None:
                return
            account = assumed.role_arn.split(":")[4]
            source = Source(Principal(assumed.arn, account), owner.source.position, session_policies)
            self._remember(owner.task_id, source, assumed)

    def _issue(self, task_id: str, role_arn: str, position: Position) -> Grant:
        role: Any = sts_backends[role_arn.split(":")[4]]["aws"].assume_role(
            region_name=REGION,
            role_session_name=task_id.replace("-", ""),
            role_arn=role_arn,
            policy="",
            duration=self._lifetime,
            external_id="",
        )
        return self._remember(task_id, Source(Principal(role.arn, role_arn.split(":")[4]), position), role)

    def _remember(self, task_id: str, source: Source, role: Any) -> Grant:
        grant = Grant(
            task_id=task_id,
            source=source,
            role_arn=role.role_arn,
            access_key_id=role.access_key_id,
            secret_access_key=role.secret_access_key,
            session_token=role.session_token,
            expiration=role.expiration.replace(tzinfo=datetime.UTC),
        )
        self._by_key[grant.access_key_id] = grant
        return grant


@dataclass(frozen=True)
class Entitlement:
    """The role a task may have, the token it proves itself with, and where the task is."""

    role_arn: str
    token: str
    position: Position


class CredentialsEndpoint:
    """Serve `/_palisade/credentials/<task id>` like the ECS agent's endpoint."""

    def __init__(self, credentials: Credentials, entitlement: Callable[[str], Entitlement | None]) -> None:
        self._credentials = credentials
        self._entitlement = entitlement

    def __call__(self, environment: Environment, task_id: str) -> Answer:
        """Return the task's credentials; a wrong token and an unknown task look alike."""
        entitled = self._entitlement(task_id)
        token = str(environment.get("HTTP_AUTHORIZATION", ""))
        if entitled is None or not hmac.compare_digest(token.encode(), entitled.token.encode()):
            return json_answer({"code": "AccessDenied", "message": "no such task, or not its token"}, 403)
        return answer_with(self._credentials.current(task_id, entitled.role_arn, entitled.position))


def answer_with(grant: Grant) -> Answer:
    """Return a key as the ECS agent's endpoint does."""
    return json_answer(
        {
            "RoleArn": grant.role_arn,
            "AccessKeyId": grant.access_key_id,
            "SecretAccessKey": grant.secret_access_key,
            "Token": grant.session_token,
            "Expiration": grant.expiration.strftime("%Y-%m-%dT%H:%M:%SZ"),
        }
    )
