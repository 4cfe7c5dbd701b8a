# SPDX-License-Identifier: GPL-3.0-or-later
"""Policies of identities and resources as the authorizer asks them: who passes, who does not, and what is said."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from emulator.authorizer.authorizer import LAYERS, Authorizer, DeniedError, Source
from emulator.authorizer.call import Call, Need
from emulator.authorizer.combination import Kind
from emulator.authorizer.policy import Principal
from tests.unit.emulator.authorizer.authorizer_world import (
    ACCOUNT,
    FOREIGN,
    KEY,
    OTHER_ACCOUNT,
    ROLE,
    SESSION,
    SOURCE,
    TABLE,
    World,
    allow,
    because,
    denial,
    deny,
    document,
    network,
)

NOTHING = document(allow("sqs:ListQueues"))
OTHER = f"arn:aws:iam::{ACCOUNT}:role/other"
DEPLOYER = Source(Principal(f"arn:aws:iam::{ACCOUNT}:user/ada", ACCOUNT), None)
ROOT = {"AWS": f"arn:aws:iam::{ACCOUNT}:root"}


def test_every_kind_of_policy_is_a_layer() -> None:
    assert [layer.kind for layer in LAYERS] == list(Kind)


@pytest.mark.parametrize(
    ("world", "said"),
    [
        (World((document(allow("dynamodb:GetItem", Resource=TABLE)),)), ""),
        (World((document(allow("dynamodb:Query", Resource=TABLE)),)), because("identity-based policy")),
        (World(()), because("identity-based policy")),
        (World((NOTHING, document(allow("dynamodb:*")))), ""),
        (
            World((document(allow("*")), document(deny("dynamodb:*")))),
            "with an explicit deny in an identity-based policy",
        ),
        (World(boundary=document(allow("dynamodb:*"))), ""),
        (World(boundary=NOTHING), because("permissions boundary")),
        (World(boundary=document(deny("*"))), "with an explicit deny in a permissions boundary"),
        (World((), resources={TABLE: document(allow("dynamodb:*", Principal={"AWS": ROLE}))}), ""),
        (
            World((), NOTHING, resources={TABLE: document(allow("dynamodb:*", Principal={"AWS": ROLE}))}),
            because("permissions boundary"),
        ),
        (World((), NOTHING, resources={TABLE: document(allow("dynamodb:*", Principal={"AWS": SESSION.arn}))}), ""),
        (World((), resources={TABLE: document(allow("dynamodb:*", Principal=ROOT))}), because("identity-based policy")),
        (
            World((), resources={TABLE: document(allow("dynamodb:*", Principal={"AWS": OTHER}))}),
            because("identity-based policy"),
        ),
        (
            World(resources={TABLE: document(deny("dynamodb:*", Principal="*"))}),
            "with an explicit deny in a resource-based policy",
        ),
        (World(resources={TABLE: document(allow("dynamodb:Scan", Principal="*"))}), ""),
        # What cannot be judged may hold a Deny.
        (World(resources={TABLE: "{}"}), "with an explicit deny in a resource-based policy"),
    ],
)
def test_policies_of_identity_and_resource(world: World, said: str) -> None:
    assert denial(world) == said


def test_session_policies_limit_a_role() -> None:
    limited = replace(SOURCE, session_policies=(NOTHING,))
    assert denial(World(), source=limited) == because("session policy")
    assert denial(World(), source=replace(SOURCE, session_policies=(document(allow("dynamodb:*")),))) == ""
    assert denial(World(), source=replace(SOURCE, session_policies=(document(deny("*")),))).endswith("a session policy")


def test_another_account_has_to_be_let_in_by_the_resource() -> None:
    foreign = replace(SOURCE, principal=FOREIGN)
    assert denial(World(), source=foreign) == because("resource-based policy")
    lets_in = World((), resources={TABLE: document(allow("dynamodb:*", Principal={"AWS": OTHER_ACCOUNT}))})
    assert denial(lets_in, source=foreign) == ""


def test_on_another_accounts_resource_only_our_side_is_known() -> None:
    theirs = Call("dynamodb", (Need("dynamodb:GetItem", TABLE.replace(ACCOUNT, OTHER_ACCOUNT)),))
    assert denial(World(), theirs) == ""
    assert denial(World(()), theirs) == because("identity-based policy")
    bucket = Call("dynamodb", (Need("s3:GetObject", "arn:aws:s3:::theirs/a"),))
    assert denial(World((document(allow("s3:GetObject")),)), bucket) == ""
    assert denial(World(()), bucket) == because("identity-based policy", "s3:GetObject")


def decrypt(**context: tuple[str, ...]) -> Call:
    return Call("dynamodb", (Need("kms:Decrypt", KEY, context),))


@pytest.mark.parametrize(
    ("policies", "key_policy", "said"),
    [
        ((document(allow("kms:*")),), document(allow("kms:*", Principal=ROOT)), ""),
        ((), document(allow("kms:*", Principal=ROOT)), because("identity-based policy", "kms:Decrypt")),
        (
            (document(allow("kms:*")),),
            document(allow("kms:*", Principal={"AWS": OTHER})),
            because("resource-based policy", "kms:Decrypt"),
        ),
        ((), document(allow("kms:*", Principal={"AWS": ROLE})), ""),
        (
            (),
            document(allow("kms:*", Principal="*", Condition={"StringEquals": {"kms:CallerAccount": ACCOUNT}})),
            "",
        ),
        (
            (document(allow("kms:*")),),
            document(allow("kms:*", Principal="*", Condition={"StringEquals": {"kms:CallerAccount": OTHER_ACCOUNT}})),
            because("resource-based policy", "kms:Decrypt"),
        ),
    ],
)
def test_a_keys_policy_has_to_allow(policies: tuple[str, ...], key_policy: str, said: str) -> None:
    assert denial(World(policies, resources={KEY: key_policy}), decrypt()) == said


def test_retiring_a_grant_is_no_matter_of_the_key() -> None:
    retire = Call("dynamodb", (Need("kms:RetireGrant", KEY),))
    allows, silent = document(allow("kms:*", Principal={"AWS": ROLE})), document(allow("kms:List*", Principal=ROOT))
    assert denial(World((document(allow("kms:*")),), resources={KEY: silent}), retire) == ""
    assert denial(World((), resources={KEY: allows}), retire) == because("identity-based policy", "kms:RetireGrant")


def test_a_key_that_is_not_known_is_not_used() -> None:
    unknown = Call("dynamodb", (Need("kms:ReEncrypt"),), understood=False)
    assert denial(World(), unknown) == because("resource-based policy", "kms:ReEncrypt")
    assert denial(World(), Call("dynamodb", (Need("kms:ListKeys"),))) == ""


ASSUME = Call("dynamodb", (Need("sts:AssumeRole", OTHER, {"sts:externalid": ("x",)}),))


@pytest.mark.parametrize(
    ("policies", "trust", "said"),
    [
        ((document(allow("sts:AssumeRole")),), allow("sts:AssumeRole", Principal=ROOT), ""),
        ((), allow("sts:AssumeRole", Principal=ROOT), because("identity-based policy", "sts:AssumeRole")),
        ((), allow("sts:AssumeRole", Principal={"AWS": ROLE}), ""),
        (
            (document(allow("sts:AssumeRole")),),
            allow("sts:AssumeRole", Principal={"AWS": OTHER}),
            "no role trust policy allows the sts:AssumeRole action",
        ),
        (
            (),
            allow("sts:AssumeRole", Principal="*", Condition={"StringEquals": {"sts:ExternalId": "y"}}),
            "no role trust policy allows the sts:AssumeRole action",
        ),
        ((), allow("sts:AssumeRole", Principal="*", Condition={"StringEquals": {"sts:ExternalId": "x"}}), ""),
        ((), deny("sts:AssumeRole", Principal="*"), "with an explicit deny in the role trust policy"),
    ],
)
def test_a_role_has_to_trust(policies: tuple[str, ...], trust: dict[str, Any], said: str) -> None:
    del trust["Resource"]
    found = denial(World(policies, resources={OTHER: document(trust)}), ASSUME)
    assert found.endswith(said)
    assert bool(found) is bool(said)


def test_a_role_that_is_not_there_trusts_nobody() -> None:
    assert denial(World(), ASSUME).endswith("because no role trust policy allows the sts:AssumeRole action")


ECS = Principal("", "", "ecs-tasks.amazonaws.com")
TASK = f"arn:aws:ecs:eu-central-1:{ACCOUNT}:task/shop/1"
FROM_A_TASK = {"aws:sourceaccount": (ACCOUNT,), "aws:sourcearn": (TASK,)}


@pytest.mark.parametrize(
    ("elements", "trusted"),
    [
        ({}, True),
        ({"Principal": {"Service": "ecs.amazonaws.com"}}, False),
        ({"Action": "sts:TagSession"}, False),
        ({"Effect": "Deny"}, False),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": ACCOUNT}}}, True),
        ({"Condition": {"StringEquals": {"aws:SourceAccount": OTHER_ACCOUNT}}}, False),
        ({"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-central-1:{ACCOUNT}:*"}}}, True),
        ({"Condition": {"ArnLike": {"aws:SourceArn": f"arn:aws:ecs:eu-west-1:{ACCOUNT}:*"}}}, False),
    ],
)
def test_ecs_says_for_which_task_it_assumes_a_role(elements: dict[str, Any], trusted: bool) -> None:
    statement = {"Effect": "Allow", "Principal": {"Service": ECS.service}, "Action": "sts:AssumeRole", **elements}
    judge = Authorizer(network, World(resources={ROLE: document(statement)}).account)
    assert judge.may_assume(ROLE, ECS, FROM_A_TASK) is trusted
    assert not judge.may_assume(OTHER, ECS, FROM_A_TASK)


def test_who_one_is_needs_no_permission() -> None:
    who = Call("dynamodb", (Need("sts:GetCallerIdentity"),))
    assert denial(World((document(deny("*")),), document(deny("*"))), who) == ""
    by_endpoint = network(document(deny("*", Principal="*")))
    with pytest.raises(DeniedError, match="VPC endpoint policy"):
        Authorizer(lambda: by_endpoint, World().account).check(SOURCE, who)


def test_a_deployer_comes_from_outside_of_the_vpc() -> None:
    assert denial(World(), source=DEPLOYER) == ""
    assert denial(World(()), source=DEPLOYER) == because("identity-based policy")
    in_the_vpc = {"Null": {"aws:SourceVpc": "false"}}
    assert denial(World((document(allow("*", Condition=in_the_vpc)),)), source=DEPLOYER)
    assert not denial(World((document(allow("*", Condition=in_the_vpc)),)))


def test_conditions_see_a_roles_path_and_tags() -> None:
    world = World(
        (document(allow("*", Condition={"StringEquals": {"aws:PrincipalTag/Team": "blue"}})),),
        tags={"team": "blue"},
    )
    assert denial(world) == ""
    world.tags = {}
    assert denial(world) == because("identity-based policy")
    path = ROLE.replace("role/", "role/apps/")
    world = World((document(allow("*", Condition={"ArnEquals": {"aws:PrincipalArn": path}})),), arn=path)
    assert denial(world) == ""
    world.arn = ROLE
    assert denial(world)
