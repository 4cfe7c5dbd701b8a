# SPDX-License-Identifier: GPL-3.0-or-later
"""Keys for tests: any role, or a principal that is not the account's, in the place of a task."""

from __future__ import annotations

import json
import re
from ipaddress import IPv4Network
from typing import Any

from moto.ec2.models import ec2_backends
from moto.iam.models import iam_backends

from emulator.authorizer.network import Position
from emulator.control_plane.credentials import FOREIGN_ROLE, Credentials, answer_with
from emulator.control_plane.gate import Gate
from emulator.control_plane.wsgi import Answer, Environment, json_answer
from emulator.settings import ACCOUNT_ID, REGION

ROLE = re.compile(r"arn:aws:iam::\d{12}:role/[\w+=,.@/-]+")
PARAMETERS = frozenset({"role_arn", "subnet_id", "security_group_ids", "public_address"})
# AWS keeps the first four addresses of a subnet for itself.
FIRST_FREE = 4


class PositionError(ValueError):
    """A position that cannot be."""


class PositionsEndpoint:
    """Serve `POST /_palisade/positions` with `role_arn`, `subnet_id`, `security_group_ids` and `public_address`.

    Without `role_arn` the caller is the foreign principal that signs image layers. The answer is that of the
    container credentials endpoint.
    """

    def __init__(self, credentials: Credentials, gate: Gate) -> None:
        self._credentials = credentials
        self._gate = gate

    def __call__(self, environment: Environment, path: str) -> Answer:
        """Return keys bound to a place; 400 says what is wrong with it."""
        if environment["REQUEST_METHOD"] != "POST":
            return json_answer({"message": "POST a position"}, 405)
        body = environment["wsgi.input"].read(int(environment.get("CONTENT_LENGTH") or 0))
        try:
            wanted = _read(body)
            with self._gate.lock:
                _check_role(wanted.get("role_arn", FOREIGN_ROLE))
                position = _position(wanted)
        except PositionError as error:
            return json_answer({"message": str(error)}, 400)
        return answer_with(self._credentials.probe(wanted.get("role_arn", FOREIGN_ROLE), position))


def _read(body: bytes) -> dict[str, Any]:
    try:
        wanted = json.loads(body)
    except ValueError as error:
        raise PositionError(f"expected JSON: {error}") from error
    if not isinstance(wanted, dict) or not wanted.keys() <= PARAMETERS:
        raise PositionError(f"expected an object with {', '.join(sorted(PARAMETERS))}")
    role = wanted.get("role_arn", FOREIGN_ROLE)
    if not isinstance(role, str) or not ROLE.fullmatch(role):
        raise PositionError(f"role_arn is {role!r}, not the ARN of a role")
    return wanted


def _check_role(arn: str) -> None:
    """Refuse a role of the account that does not exist, and so could do nothing; call under the lock."""
    ours = arn.split(":")[4] == ACCOUNT_ID
    if ours and not any(role.arn == arn for role in iam_backends[ACCOUNT_ID]["aws"].roles.values()):
        raise PositionError(f"role_arn is {arn!r}, which does not exist")


def _position(wanted: dict[str, Any]) -> Position:
    """Find the place; call under the lock."""
    ec2: Any = ec2_backends[ACCOUNT_ID][REGION]
    name, groups = wanted.get("subnet_id"), wanted.get("security_group_ids")
    subnet = next((found[name] for found in ec2.subnets.values() if name in found), None)
    if subnet is None:
        raise PositionError(f"subnet_id is {name!r}, which does not exist")
    known = ec2.groups.get(subnet.vpc_id, {})
    if not isinstance(groups, list) or not groups or not all(group in known for group in groups):
        raise PositionError(f"security_group_ids is {groups!r}; expected groups of {subnet.vpc_id}")
    address = IPv4Network(subnet.cidr_block)[FIRST_FREE]
    return Position(subnet.id, address, tuple(groups), wanted.get("public_address", ""))
