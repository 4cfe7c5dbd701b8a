# SPDX-License-Identifier: GPL-3.0-or-later
"""Network and policies together: who is let through, who is not, and what is said about it."""

from __future__ import annotations

import json
import logging
from dataclasses import replace
from ipaddress import IPv4Address, IPv4Network
from typing import Any

import pytest

from emulator.authorizer import authorizer
from emulator.authorizer.authorizer import Authorizer, DeniedError, Layer, Source
from emulator.authorizer.call import Call, Need
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
from emulator.authorizer.path import Path, UnreachableError
from emulator.authorizer.policy import Decision, Principal, Request

ROLE = "arn:aws:iam::123456789012:role/shop-task"
TABLE = "arn:aws:dynamodb:eu-central-1:123456789012:table/shop"
SOURCE = Source(
    Principal("arn:aws:sts::123456789012:assumed-role/shop-task/1", "123456789012"),
    Position("subnet-1", IPv4Address("10.0.1.4"), ("sg-1",)),
)
GET = Call("dynamodb", (Need("dynamodb:GetItem", TABLE),))
OPEN = (AclEntry(100, allow=True),)


def network(*statements: dict[str, Any]) -> Network:
    """Return a network with one gateway endpoint for DynamoDB and its policy."""
    policy = json.dumps({"Version": "2012-10-17", "Statement": list(statements)})
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


def statement(effect: str = "Allow", **changes: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": "*", "Action": "dynamodb:GetItem", "Resource": TABLE, **changes}


def check(found: Network, call: Call = GET, source: Source = SOURCE) -> None:
    Authorizer(lambda: found).check(source, call)


CONDITIONS = [
    ("ArnEquals", "aws:PrincipalArn", ROLE),
    ("StringEquals", "aws:PrincipalAccount", "123456789012"),
    ("StringEquals", "aws:ResourceAccount", "123456789012"),
    ("StringEquals", "aws:SourceVpc", "vpc-1"),
    ("StringEquals", "aws:SourceVpce", "vpce-1"),
    ("IpAddress", "aws:VpcSourceIp", "10.0.1.0/24"),
    ("Bool", "aws:SecureTransport", "true"),
    ("StringEquals", "aws:RequestedRegion", "eu-central-1"),
    ("Null", "aws:SourceIp", "true"),
    ("DateGreaterThan", "aws:CurrentTime", "2020-01-01T00:00:00Z"),
]


@pytest.mark.parametrize(("operator", "key", "value"), CONDITIONS)
def test_a_condition_sees_where_the_call_comes_from(operator: str, key: str, value: str) -> None:
    check(network(statement(Condition={operator: {key: value}})))
    wrong = {"true": "false", "2020-01-01T00:00:00Z": "2999-01-01T00:00:00Z", "10.0.1.0/24": "10.0.2.0/24"}
    with pytest.raises(DeniedError):
        check(network(statement(Condition={operator: {key: wrong.get(value, value + "x")}})))


def test_a_denial_is_worded_as_on_aws(caplog: pytest.LogCaptureFixture) -> None:
    begin = f"User: {SOURCE.principal.arn} is not authorized to perform: dynamodb:GetItem on resource: {TABLE} "
    with pytest.raises(DeniedError) as caught:
        check(network(statement(Action="dynamodb:Query")))
    assert str(caught.value) == f"{begin}because no VPC endpoint policy allows the dynamodb:GetItem action"
    with pytest.raises(DeniedError) as caught:
        check(network(statement(), statement("Deny")))
    assert str(caught.value) == f"{begin}with an explicit deny in a VPC endpoint policy"
    assert "denied by the VPC endpoint policy of vpce-1: User:" in caplog.text


def test_every_need_has_to_be_allowed() -> None:
    both = replace(GET, needs=(*GET.needs, Need("dynamodb:GetItem", f"{TABLE}-other")))
    with pytest.raises(DeniedError, match="table/shop-other because"):
        check(network(statement()), both)
    check(network(statement(Resource="*")), both)


def test_a_condition_of_the_request_itself_is_seen() -> None:
    keys = {"ForAllValues:StringEquals": {"dynamodb:LeadingKeys": "cup"}}
    policy = network(statement(Condition=keys))
    for value, allowed in (("cup", True), ("pot", False)):
        call = Call("dynamodb", (Need("dynamodb:GetItem", TABLE, {"dynamodb:leadingkeys": (value,)}),))
        if allowed:
            check(policy, call)
        else:
            with pytest.raises(DeniedError):
                check(policy, call)


def test_a_foreign_principal_meets_no_condition_on_ours() -> None:
    foreign = replace(SOURCE, principal=Principal("arn:aws:sts::111122223333:assumed-role/ecr/1", "111122223333"))
    check(network(statement()), source=foreign)
    with pytest.raises(DeniedError):
        check(network(statement(Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})), source=foreign)


@pytest.mark.parametrize(
    ("statements", "allowed"),
    [
        ([statement(Action="*", Resource="*")], True),
        ([statement(Action="dynamodb:*", Resource="*")], True),
        ([statement(Action="dynamodb:*")], False),
        ([statement(Action="*", Resource="*"), statement("Deny", Action="dynamodb:Scan")], False),
        ([statement(Action="*", Resource="*", Condition={"StringEquals": {"aws:SourceVpc": "vpc-1"}})], True),
        ([statement(Action="*", Resource="*", Condition={"Null": {"dynamodb:Select": "true"}})], False),
    ],
)
def test_a_call_that_is_not_understood_passes_only_plain_policies(
    statements: list[dict[str, Any]], allowed: bool, caplog: pytest.LogCaptureFixture
) -> None:
    unknown = Call("dynamodb", (Need("dynamodb:UnknownAction"),), understood=False)
    if allowed:
        check(network(*statements), unknown)
    else:
        with pytest.raises(DeniedError):
            check(network(*statements), unknown)
        assert "not known here" in caplog.text


def test_a_policy_that_cannot_be_judged_lets_nothing_through(caplog: pytest.LogCaptureFixture) -> None:
    with pytest.raises(DeniedError):
        check(network(statement(Condition={"NoSuchOperator": {"aws:SourceVpc": "vpc-1"}})))
    assert "the policy of vpce-1 cannot be judged" in caplog.text


def test_a_layer_of_policies_is_asked_on_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Request] = []

    def decide(path: Path, call: Call, request: Request) -> Decision:
        asked.append(request)
        return Decision.IMPLICITLY_DENIED if path.endpoint is None else Decision.ALLOWED

    monkeypatch.setattr(authorizer, "LAYERS", (Layer("identity-based policy", decide),))
    found = network()
    check(found)
    public = replace(SOURCE, position=replace(SOURCE.position, public_address="203.0.113.10"))
    subnet = replace(found.subnets["subnet-1"], routes=(Route("igw-1", EVERYWHERE),))
    outside = replace(found, subnets={"subnet-1": subnet}, internet_gateways={"igw-1": "vpc-1"})
    with pytest.raises(DeniedError, match="because no identity-based policy allows the dynamodb:GetItem action"):
        check(outside, source=public)
    inner, outer = (request.context for request in asked)
    assert (inner.get("aws:sourcevpce"), inner.get("aws:sourceip")) == (("vpce-1",), None)
    assert (outer.get("aws:sourcevpce"), outer.get("aws:sourceip")) == (None, ("203.0.113.10",))


def test_what_is_out_of_reach_is_logged_with_its_layer(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(UnreachableError):
        check(network(statement()), Call("sts", (Need("sts:GetCallerIdentity"),)))
    assert "cannot reach sts (route table): subnet-1 has neither an endpoint for sts nor" in caplog.text


def test_a_change_of_the_network_is_seen_at_once() -> None:
    networks = [network(statement()), network(statement()), network(statement("Deny"))]
    judge = Authorizer(lambda: networks[0])
    judge.check(SOURCE, GET)
    networks.pop(0)
    judge.check(SOURCE, GET)
    networks.pop(0)
    with pytest.raises(DeniedError):
        judge.check(SOURCE, GET)
