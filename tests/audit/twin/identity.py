# SPDX-License-Identifier: GPL-3.0-or-later
"""Faults of roles, keys and certificates."""

from __future__ import annotations

import json
from typing import Any

from tests.audit.state.reading import Clients, State

ADMINISTRATOR = {"Version": "2012-10-17", "Statement": [{"Effect": "Allow", "Action": "*", "Resource": "*"}]}
MISSPELT = {
    "Version": "2012-10-17",
    "Statement": [{"Effect": "Allow", "Action": ["dynamodb:GetItemm", "kms:*"], "Resource": "*"}],
}
SERVICE = {"Principal": {"Service": "ecs-tasks.amazonaws.com"}}
# A service on behalf of any account, twice; anybody; everybody in another account.
TRUSTED: tuple[dict[str, Any], ...] = (
    SERVICE,
    SERVICE | {"Condition": {"StringLike": {"aws:SourceAccount": "*"}}},
    {"Principal": {"AWS": "*"}},
    {"Principal": {"AWS": ["arn:aws:iam::111122223333:root"]}},
)


def break_identity(clients: Clients, state: State) -> None:
    """Make every role an administrator that anybody may become, and every key anybody's."""
    iam, kms = clients("iam"), clients("kms")
    policy = iam.create_policy(PolicyName="everything", PolicyDocument=json.dumps(ADMINISTRATOR))["Policy"]["Arn"]
    for number, role in enumerate(state["roles"]):
        name = role["RoleName"]
        iam.put_role_policy(RoleName=name, PolicyName="all", PolicyDocument=json.dumps(ADMINISTRATOR))
        iam.put_role_policy(RoleName=name, PolicyName="misspelt", PolicyDocument=json.dumps(MISSPELT))
        iam.attach_role_policy(RoleName=name, PolicyArn=policy)
        iam.update_assume_role_policy(RoleName=name, PolicyDocument=_trusting(number))
        if role.get("PermissionsBoundary"):
            iam.delete_role_permissions_boundary(RoleName=name)
    for key in state["keys"]:
        kms.disable_key_rotation(KeyId=key["KeyId"])
        kms.put_key_policy(KeyId=key["KeyId"], PolicyName="default", Policy=_anybodys())
    _forgotten_key(kms)


def _trusting(number: int) -> str:
    statement = {"Effect": "Allow", "Action": "sts:AssumeRole"} | TRUSTED[number % len(TRUSTED)]
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _anybodys() -> str:
    statement = {"Effect": "Allow", "Principal": {"AWS": "*"}, "Action": "kms:*", "Resource": "*"}
    return json.dumps({"Version": "2012-10-17", "Statement": [statement]})


def _forgotten_key(kms: Any) -> None:
    key = kms.create_key(Description="to be deleted")["KeyMetadata"]["KeyId"]
    kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=7)
    kms.create_key(Description="in several regions", MultiRegion=True)
