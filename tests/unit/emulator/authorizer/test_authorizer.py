# SPDX-License-Identifier: GPL-3.0-or-later
"""Network and policies together: who is let through, who is not, and what is said about it."""

from __future__ import annotations

import logging
from dataclasses import replace
from typing import Any

import pytest

from emulator.authorizer import authorizer
from emulator.authorizer.authorizer import Authorizer, DeniedError
from emulator.authorizer.call import Call, Need
from emulator.authorizer.combination import Kind
from emulator.authorizer.layers import Layer, Question
from emulator.authorizer.network import EVERYWHERE, Network, Route
from emulator.authorizer.path import UnreachableError
from emulator.authorizer.policy import Decision
from tests.unit.emulator.authorizer import authorizer_world
from tests.unit.emulator.authorizer.authorizer_world import FOREIGN, ROLE, SOURCE, TABLE, World, allow, document

GET = Call("dynamodb", (Need("dynamodb:GetItem", TABLE),))


def network(*statements: dict[str, Any]) -> Network:
    return authorizer_world.network(document(*statements))


def statement(effect: str = "Allow", **changes: Any) -> dict[str, Any]:
    return {"Effect": effect, "Principal": "*", "Action": "dynamodb:GetItem", "Resource": TABLE, **changes}


def check(found: Network, call: Call = GET, source: authorizer.Source = SOURCE, world: World | None = None) -> None:
    Authorizer(lambda: found, (world or World()).account).check(source, call)


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
    foreign = replace(SOURCE, principal=FOREIGN)
    lets_in = World(resources={TABLE: document(allow("dynamodb:GetItem", Principal="*"))})
    check(network(statement()), source=foreign, world=lets_in)
    with pytest.raises(DeniedError, match="VPC endpoint policy"):
        check(network(statement(Condition={"ArnEquals": {"aws:PrincipalArn": ROLE}})), source=foreign, world=lets_in)


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
    assert "a policy cannot be judged, so it denies" in caplog.text


def test_a_layer_of_policies_is_asked_on_every_way(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[Question] = []

    def decide(question: Question) -> Decision:
        asked.append(question)
        return Decision.ALLOWED if question.endpoint else Decision.IMPLICITLY_DENIED

    monkeypatch.setattr(authorizer, "LAYERS", (Layer(Kind.IDENTITY, decide),))
    found = network()
    check(found)
    place = SOURCE.position
    assert place
    public = replace(SOURCE, position=replace(place, public_address="203.0.113.10"))
    subnet = replace(found.subnets["subnet-1"], routes=(Route("igw-1", EVERYWHERE),))
    outside = replace(found, subnets={"subnet-1": subnet}, internet_gateways={"igw-1": "vpc-1"})
    with pytest.raises(DeniedError, match="because no identity-based policy allows the dynamodb:GetItem action"):
        check(outside, source=public)
    inner, outer = (question.request.context for question in asked)
    assert (inner.get("aws:sourcevpce"), inner.get("aws:sourceip")) == (("vpce-1",), None)
    assert (outer.get("aws:sourcevpce"), outer.get("aws:sourceip")) == (None, ("203.0.113.10",))


def test_what_is_out_of_reach_is_logged_with_its_layer(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.WARNING), pytest.raises(UnreachableError):
        check(network(statement()), Call("sts", (Need("sts:GetCallerIdentity"),)))
    assert "cannot reach sts (route table): subnet-1 has neither an endpoint for sts nor" in caplog.text


def test_a_change_of_the_network_is_seen_at_once() -> None:
    networks = [network(statement()), network(statement()), network(statement("Deny"))]
    judge = Authorizer(lambda: networks[0], World().account)
    judge.check(SOURCE, GET)
    networks.pop(0)
    judge.check(SOURCE, GET)
    networks.pop(0)
    with pytest.raises(DeniedError):
        judge.check(SOURCE, GET)
