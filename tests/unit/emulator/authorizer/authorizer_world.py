# SPDX-License-Identifier: GPL-3.0-or-later
"""An account and a network of plain data, for the authorizer to decide about."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from ipaddress import IPv4Address, IPv4Network
from typing import Any

from emulator.authorizer.authorizer import Account, Authorizer, DeniedError, Source
from emulator.authorizer.call import Call, Need
from emulator.authorizer.identities import ALLOW_ALL, Identity
from emulator.authorizer.network import (
    EVERYWHERE,
    AclEntry,
    Endpoint,
    GroupRule,
    Network,
    NetworkAcl,
    Position,
    PrefixList,
    Route,
    SecurityGroup,
    Subnet,
    Vpc,
)
from emulator.authorizer.policy import Principal

ACCOUNT, OTHER_ACCOUNT = "123456789012", "111122223333"
ROLE = f"arn:aws:iam::{ACCOUNT}:role/shop-task"
TABLE = f"arn:aws:dynamodb:eu-central-1:{ACCOUNT}:table/shop"
KEY = f"arn:aws:kms:eu-central-1:{ACCOUNT}:key/1234abcd-12ab-34cd-56ef-1234567890ab"
SESSION = Principal(f"arn:aws:sts::{ACCOUNT}:assumed-role/shop-task/1", ACCOUNT)
FOREIGN = Principal(f"arn:aws:sts::{OTHER_ACCOUNT}:assumed-role/ecr/1", OTHER_ACCOUNT)
SOURCE = Source(SESSION, Position("subnet-1", IPv4Address("10.0.1.4"), ("sg-1",)))
GET = Call("dynamodb", (Need("dynamodb:GetItem", TABLE),))
OPEN = (AclEntry(100, allow=True),)


def document(*statements: Mapping[str, Any]) -> str:
    """Return a policy as text."""
    return json.dumps({"Version": "2012-10-17", "Statement": list(statements)})


def allow(*actions: str, effect: str = "Allow", **elements: Any) -> dict[str, Any]:
    """Return a statement about every resource unless told otherwise."""
    return {"Effect": effect, "Action": list(actions), "Resource": "*", **elements}


def deny(*actions: str, **elements: Any) -> dict[str, Any]:
    """Return a statement that denies."""
    return allow(*actions, effect="Deny", **elements)


def network(policy: str = "") -> Network:
    """Return a network with one gateway endpoint for DynamoDB and its policy, by default one that allows all."""
    policy = policy or document(allow("*", Principal="*"))
    return Network(
        vpcs={"vpc-1": Vpc("vpc-1")},
        subnets={
            "subnet-1": Subnet(
                "subnet-1", "vpc-1", (Route("vpce-1", prefix_list="pl-1"),), NetworkAcl("acl-1", OPEN, OPEN)
            )
        },
        security_groups={"sg-1": SecurityGroup(egress=(GroupRule("-1", 0, 0, network=EVERYWHERE),))},
        endpoints={"vpce-1": Endpoint("vpce-1", "vpc-1", "dynamodb", policy)},
        prefix_lists={"pl-1": PrefixList("pl-1", (IPv4Network("52.94.0.0/22"),), "dynamodb")},
    )


@dataclass
class World:
    """Identities, policies of resources and keys, by ARN; a role of the account has one policy that allows all."""

    policies: tuple[str, ...] = (ALLOW_ALL,)
    boundary: str | None = None
    tags: Mapping[str, str] = field(default_factory=dict)
    arn: str = ROLE
    resources: Mapping[str, str] = field(default_factory=dict)
    keys: Mapping[str, str] = field(default_factory=dict)

    @property
    def account(self) -> Account:
        """Return what the authorizer asks."""
        return Account(_Identities(self), _Resources(self.resources), FakeInventory(self.keys))


@dataclass
class _Identities:
    world: World

    def of(self, principal: Principal) -> Identity | None:
        if principal.service or principal.account != ACCOUNT:
            return None
        return Identity(self.world.arn, self.world.policies, self.world.boundary, self.world.tags)


@dataclass
class _Resources:
    found: Mapping[str, str]

    def of(self, arn: str) -> str | None:
        return self.found.get(arn)


@dataclass
class FakeInventory:
    """Keys by the ARN of what they encrypt; a key is named by its ARN."""

    keys: Mapping[str, str] = field(default_factory=dict)

    def partition_key(self, table: str, index: str) -> str | None:
        return "pk"

    def bucket_account(self, bucket: str) -> str | None:
        return ACCOUNT

    def secret_arn(self, name: str) -> str | None:
        return None

    def key_arn(self, name: str) -> str | None:
        return KEY if name in {"alias/shop", KEY.rpartition("/")[2]} else None

    def ciphertext_key(self, ciphertext: str) -> str | None:
        return KEY if ciphertext else None

    def customer_key(self, name: str) -> str | None:
        return name if name == KEY else None

    def encryption_key(self, arn: str) -> str | None:
        return self.keys.get(arn)

    def role_arn(self, name: str) -> str | None:
        return None

    def role_boundary(self, name: str) -> str | None:
        return None

    def associated(self, association: str) -> tuple[str, ...]:
        return ()

    def task_roles(self, definition: str) -> tuple[str, ...]:
        return (ROLE,) if definition == "shop:7" else ()

    def tags(self, arn: str) -> Mapping[str, str]:
        return {}


def denial(world: World, call: Call = GET, source: Source = SOURCE) -> str:
    """Return what is said about a call, without who and what; empty if it passes."""
    try:
        Authorizer(network, world.account).check(source, call)
    except DeniedError as error:
        return str(error).partition(" on resource: ")[2].partition(" ")[2] or str(error)
    return ""


def because(kind: str, action: str = "dynamodb:GetItem") -> str:
    return f"because no {kind} allows the {action} action"
