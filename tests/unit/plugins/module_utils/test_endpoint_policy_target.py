# SPDX-License-Identifier: GPL-3.0-or-later
"""What the policy of one VPC endpoint must be like."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _endpoint_policy_target as rules
from ansible_collections.palisade.ecs.tests.unit.plugins.module_utils.endpoint_policies import (
    LAYER_STATEMENT,
    LAYERS,
    ROLE,
    Policy,
    policy,
    statement,
)

S3 = rules.Target("com.amazonaws.eu-central-1.s3", "Gateway")
DYNAMODB = rules.Target("com.amazonaws.eu-central-1.dynamodb", "Gateway")
S3_INTERFACE = rules.Target("com.amazonaws.eu-central-1.s3", "Interface")
ECR = rules.Target("com.amazonaws.eu-central-1.ecr.api", "Interface")
YET_TO_COME = rules.Target("com.amazonaws.eu-central-1.dynamodb")
DENY_OTHERS = statement(Effect="Deny", Resource="*", Condition={"StringNotEquals": {"aws:PrincipalAccount": "1"}})


@pytest.mark.parametrize("principal", [{"AWS": ROLE}, {"AWS": ["*", ROLE]}, {"Service": "ecs.amazonaws.com"}, None])
def test_gateway_endpoint_refuses_principals_and_says_what_to_do(principal: Any) -> None:
    named = policy(statement(), statement(Principal=principal))
    (found,) = rules.principals_are_everybody(named, DYNAMODB)
    assert "statement 2 names principals" in found
    assert '{"ArnEquals": {"aws:PrincipalArn": "<ARN of the role>"}}' in found
    assert rules.CONSIDERATIONS in found


@pytest.mark.parametrize("principal", ["*", {"AWS": "*"}, {"AWS": ["*"]}])
def test_gateway_endpoint_takes_everybody_in_any_spelling(principal: Any) -> None:
    assert not list(rules.principals_are_everybody(policy(statement(Principal=principal)), DYNAMODB))


@pytest.mark.parametrize("target", [ECR, YET_TO_COME])
def test_other_endpoints_take_principals(target: rules.Target) -> None:
    assert not list(rules.principals_are_everybody(policy(statement(Principal={"AWS": ROLE})), target))


@pytest.mark.parametrize(
    "condition",
    [
        None,
        {"StringEquals": {"aws:ResourceAccount": "123456789012"}},
        {"ArnNotEquals": {"aws:PrincipalArn": ROLE}},
        {"ArnEqualsIfExists": {"aws:PrincipalArn": ROLE}},
        {"ForAllValues:StringEquals": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/"}},
        {"ArnLike": {"aws:PrincipalArn": "*"}},
        {"ArnLike": {"aws:PrincipalArn": [ROLE, "*"]}},
        {"Bool": {"aws:PrincipalIsAWSService": "false"}},
    ],
)
def test_gateway_endpoint_refuses_what_lets_everybody_through(condition: Any) -> None:
    (found,) = rules.principals_are_restricted(policy(statement(), statement(Condition=condition)), DYNAMODB)
    assert "statement 2 allows everybody's requests through" in found
    assert rules.CONSIDERATIONS in found


@pytest.mark.parametrize(
    "condition",
    [
        {"ArnEquals": {"AWS:principalarn": [ROLE]}},
        {"ArnLike": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/shop-*"}},
        {"StringEquals": {"aws:PrincipalOrgID": "o-a1b2c3d4e5", "aws:ResourceOrgID": "o-a1b2c3d4e5"}},
        {"StringEquals": {"aws:PrincipalTag/team": "shop"}},
        {"ForAnyValue:StringLike": {"aws:PrincipalOrgPaths": "o-a1b2c3d4e5/r-ab12/*"}},
        {"Bool": {"aws:PrincipalIsAWSService": True}},
    ],
)
def test_gateway_endpoint_takes_conditions_on_the_principal(condition: Any) -> None:
    assert not list(rules.principals_are_restricted(policy(statement(Condition=condition)), DYNAMODB))


def test_statements_that_deny_need_no_condition() -> None:
    assert not list(rules.principals_are_restricted(policy(statement(Effect="Deny", Condition=None)), S3))


@pytest.mark.parametrize("target", [S3_INTERFACE, YET_TO_COME])
def test_other_endpoints_may_allow_everybody(target: rules.Target) -> None:
    assert not list(rules.principals_are_restricted(policy(statement(Condition=None)), target))


@pytest.mark.parametrize("action", ["s3:GetObject", ["S3:getobject"]])
@pytest.mark.parametrize("resource", [LAYERS, [LAYERS]])
def test_layers_of_images_are_for_everybody(action: Any, resource: Any) -> None:
    exact = policy(statement(Action=action, Resource=resource, Condition=None))
    assert not list(rules.principals_are_restricted(exact, S3))


@pytest.mark.parametrize(
    "elements",
    [
        {"Action": ["s3:GetObject", "s3:PutObject"]},
        {"Action": "s3:Get*"},
        {"Resource": [LAYERS, "arn:aws:s3:::shop/*"]},
        {"Resource": "arn:aws:s3:::prod-eu-central-1-starport-layer-*"},
        {"Resource": LAYERS.replace("eu-central-1", "us-east-1")},
    ],
)
def test_nothing_but_the_layers_is_for_everybody(elements: dict[str, Any]) -> None:
    wider = policy({**LAYER_STATEMENT, **elements})
    assert len(list(rules.principals_are_restricted(wider, S3))) == 1


@pytest.mark.parametrize(
    "cut_off",
    [
        policy(statement()),
        policy(statement(Resource=LAYERS)),
        policy({**LAYER_STATEMENT, "Resource": "arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/a*"}),
        policy({**LAYER_STATEMENT, "Action": "s3:PutObject"}),
        policy({**LAYER_STATEMENT, "Effect": "Deny"}),
    ],
)
def test_policy_that_forgets_the_layers_is_refused(cut_off: Policy) -> None:
    found = list(rules.layers_get_through(cut_off, S3))
    assert any(f"no statement allows s3:GetObject on {LAYERS} without a condition" in problem for problem in found)
    assert all("allow_ecr_cut_off: true" in problem and rules.LAYERS in problem for problem in found)


@pytest.mark.parametrize(
    "denial",
    [
        DENY_OTHERS,
        statement(Effect="Deny", Resource=LAYERS, Condition=None),
        statement(Effect="Deny", Resource="arn:aws:s3:::prod-eu-central-1-starport-layer-bucket/0*"),
        statement(Effect="Deny", Resource="*/0*", Action="s3:Get*"),
        statement(Effect="Deny", Resource=None, NotResource="arn:aws:s3:::shop/*"),
        statement(Effect="Deny", Action=None, NotAction="s3:PutObject", Resource="*"),
    ],
)
def test_denial_that_reaches_the_layers_is_refused(denial: dict[str, Any]) -> None:
    (found,) = rules.layers_get_through(policy(LAYER_STATEMENT, denial), S3)
    assert f"statement 2 denies s3:GetObject on {LAYERS}" in found


@pytest.mark.parametrize(
    "harmless",
    [
        statement(),
        statement(Effect="Deny", Resource="arn:aws:s3:::shop/*"),
        statement(Effect="Deny", Resource="*", Action=["s3:Put*", "s3:ListBucket"]),
        statement(Effect="Deny", Resource=None, NotResource=[LAYERS, "arn:aws:s3:::shop/*"]),
        statement(Effect="Deny", Action=None, NotAction=["s3:Get*"], Resource="*"),
    ],
)
def test_layers_get_through_beside_other_statements(harmless: dict[str, Any]) -> None:
    assert not list(rules.layers_get_through(policy(LAYER_STATEMENT, harmless), S3))


@pytest.mark.parametrize("target", [S3_INTERFACE, DYNAMODB])
def test_layers_take_the_gateway_of_s3(target: rules.Target) -> None:
    assert not list(rules.layers_get_through(policy(statement()), target))


def test_cutting_ecr_off_can_be_confirmed() -> None:
    assert list(rules.problems(policy(statement()), S3, allow_ecr_cut_off=False))
    assert not list(rules.problems(policy(statement()), S3, allow_ecr_cut_off=True))


@pytest.mark.parametrize(
    ("service_name", "layers"),
    [
        ("com.amazonaws.us-gov-west-1.s3", "arn:aws-us-gov:s3:::prod-us-gov-west-1-starport-layer-bucket/*"),
        ("com.amazonaws.cn-north-1.s3", "arn:aws-cn:s3:::prod-cn-north-1-starport-layer-bucket/*"),
    ],
)
def test_layer_bucket_is_that_of_region_and_partition(service_name: str, layers: str) -> None:
    target = rules.Target(service_name, "Gateway")
    assert target.layer_objects == layers
    assert not list(rules.problems(policy({**LAYER_STATEMENT, "Resource": layers}), target, allow_ecr_cut_off=False))


@pytest.mark.parametrize(
    ("service", "action"),
    [
        ("dynamodb", "s3:GetObject"),
        ("ecr.dkr", "ecr.dkr:BatchGetImage"),
        ("monitoring", "monitoring:PutMetricData"),
        ("logs", "GetLogEvents"),
        ("sts", "*:*"),
    ],
)
@pytest.mark.parametrize("element", ["Action", "NotAction"])
def test_action_of_another_service_is_refused(service: str, action: str, element: str) -> None:
    target = rules.Target(f"com.amazonaws.eu-central-1.{service}")
    (found,) = rules.actions_are_of_the_service(policy(statement(**{"Action": None, element: ["*", action]})), target)
    assert f"statement 1 has the action {action}" in found
    assert rules.ACTIONS in found


@pytest.mark.parametrize(
    ("service_name", "action"),
    [
        ("com.amazonaws.eu-central-1.dynamodb", ["dynamodb:GetItem", "DynamoDB:*"]),
        ("com.amazonaws.eu-central-1.ecr.api", "ecr:BatchGetImage"),
        ("cn.com.amazonaws.cn-north-1.ecr.dkr", "ecr:BatchGetImage"),
        ("com.amazonaws.eu-central-1.monitoring", "cloudwatch:PutMetricData"),
        ("com.amazonaws.eu-central-1.kms", "*"),
        ("com.amazonaws.eu-central-1.braket", "anything:GoesHere"),
        ("com.amazonaws.vpce.eu-central-1.vpce-svc-0a1b2c3d4e5f67890", "s3:GetObject"),
        ("", "s3:GetObject"),
    ],
)
def test_actions_of_the_service_and_of_unknown_services_are_fine(service_name: str, action: Any) -> None:
    assert not list(rules.actions_are_of_the_service(policy(statement(Action=action)), rules.Target(service_name)))


def detail(kind: str, supported: bool) -> dict[str, Any]:
    return {"ServiceType": [{"ServiceType": kind}], "VpcEndpointPolicySupported": supported}


@pytest.mark.parametrize("vpc_endpoint_type", ["Interface", ""])
def test_service_without_policies_is_refused(vpc_endpoint_type: str) -> None:
    target = rules.Target("com.amazonaws.eu-central-1.iot.data", vpc_endpoint_type)
    (found,) = rules.service_has_policies([detail("Interface", False)], target)
    assert "com.amazonaws.eu-central-1.iot.data supports no endpoint policies" in found
    assert rules.SUPPORT in found


@pytest.mark.parametrize("details", [[detail("Gateway", True), detail("Interface", False)], []])
def test_service_with_policies_is_fine(details: list[dict[str, Any]]) -> None:
    assert not list(rules.service_has_policies(details, S3))
