# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a rule: missing argument, check, creation, repetition, a deployment that moves weights, removal."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import elb_traffic_rule

from tests.integration.plugins.modules.aws_account import AwsAccount, Json
from tests.integration.plugins.modules.wafv2_account import make_balancer


@pytest.fixture
def wanted(aws: AwsAccount) -> Json:
    return between_two_groups(aws)


def between_two_groups(aws: AwsAccount) -> Json:
    """Return the arguments of a rule between two groups, on a listener that forwards to the first."""
    elbv2, balancer = aws.client("elbv2"), make_balancer(aws, "shop")
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    kind = {"Protocol": "HTTPS", "Port": 8443, "VpcId": vpc, "TargetType": "ip"}
    names = ("shop", "shop-other")
    groups = [elbv2.create_target_group(Name=name, **kind)["TargetGroups"][0]["TargetGroupArn"] for name in names]
    default = [{"Type": "forward", "TargetGroupArn": groups[0]}]
    elbv2.create_listener(LoadBalancerArn=balancer, Protocol="HTTP", Port=443, DefaultActions=default)
    aws.written()
    return {"load_balancer_arn": balancer, "priority": 2, "path": "/*", "target_group_arns": groups}


def rules(aws: AwsAccount, wanted: Json) -> list[Any]:
    elbv2 = aws.client("elbv2")
    listener = elbv2.describe_listeners(LoadBalancerArn=wanted["load_balancer_arn"])["Listeners"][0]["ListenerArn"]
    return [one for one in elbv2.describe_rules(ListenerArn=listener)["Rules"] if not one["IsDefault"]]


def shift(aws: AwsAccount, wanted: Json, *weights: int) -> None:
    pairs = zip(wanted["target_group_arns"], weights, strict=True)
    groups = [{"TargetGroupArn": arn, "Weight": weight} for arn, weight in pairs]
    action = {"Type": "forward", "ForwardConfig": {"TargetGroups": groups}}
    aws.client("elbv2").modify_rule(RuleArn=rules(aws, wanted)[0]["RuleArn"], Actions=[action])
    aws.written()


def test_what_is_missing_is_said(aws: AwsAccount, wanted: Json) -> None:
    assert aws.run(elb_traffic_rule, priority=1)["msg"].startswith("missing required arguments: load_balancer_arn")
    assert "path and header are empty" in aws.run(elb_traffic_rule, **{**wanted, "path": ""})["msg"]
    assert "has no listener on port 444" in aws.run(elb_traffic_rule, port=444, **wanted)["msg"]


def test_story(aws: AwsAccount, wanted: Json) -> None:
    dry, made, again = (aws.run(elb_traffic_rule, dry=dry, **wanted) for dry in (True, False, False))
    assert [one["changed"] for one in (dry, made, again)] == [True, True, False]
    assert dry["rule"] == {**made["rule"], "rule_arn": ""}
    assert list(made["rule"]["weights"].values()) == [100, 0]
    assert aws.written() == ["CreateRule"]
    shift(aws, wanted, 30, 70)
    assert not aws.run(elb_traffic_rule, **wanted)["changed"]
    other = aws.run(elb_traffic_rule, **{**wanted, "path": "/shop/*"})
    assert (other["changed"], list(other["rule"]["weights"].values())) == (True, [30, 70])
    (found,) = rules(aws, wanted)
    assert [one["Weight"] for one in found["Actions"][0]["ForwardConfig"]["TargetGroups"]] == [30, 70]
    assert aws.written() == ["ModifyRule"]


def test_a_rule_goes_only_when_the_first_group_has_all_requests(aws: AwsAccount, wanted: Json) -> None:
    aws.run(elb_traffic_rule, **wanted)
    shift(aws, wanted, 0, 100)
    assert "Deploy once more before" in aws.run(elb_traffic_rule, state="absent", **wanted)["msg"]
    shift(aws, wanted, 100, 0)
    gone, again = (aws.run(elb_traffic_rule, state="absent", **wanted) for _ in range(2))
    assert (gone["changed"], again["changed"], rules(aws, wanted)) == (True, False, [])


def test_the_rule_of_somebody_else_is_left_alone(aws: AwsAccount, wanted: Json) -> None:
    aws.run(elb_traffic_rule, **wanted)
    others = {**wanted, "target_group_arns": [wanted["target_group_arns"][1], "arn:else"]}
    assert "priority 2 is taken" in aws.run(elb_traffic_rule, **others)["msg"]


def test_a_header_chooses_those_who_try_new_tasks(aws: AwsAccount, wanted: Json) -> None:
    header = {**wanted, "priority": 1, "path": "", "header": {"X-Test": "green"}}
    made, again = (aws.run(elb_traffic_rule, **header) for _ in range(2))
    assert (made["changed"], again["changed"]) == (True, False)
