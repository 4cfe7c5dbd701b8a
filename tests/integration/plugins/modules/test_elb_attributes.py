# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of attributes: nothing there, check, setting, repetition, drift."""

from __future__ import annotations

from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils import _elb_api as api
from ansible_collections.palisade.ecs.plugins.modules import elb_attributes

from tests.integration.plugins.modules.aws_account import AwsAccount, Json
from tests.integration.plugins.modules.wafv2_account import make_balancer

PLACE = "arn:aws:elasticloadbalancing:eu-central-1:123456789012"
KINDS: dict[str, Json] = {
    "loadbalancer": {"idle_timeout.timeout_seconds": 50, "routing.http.drop_invalid_header_fields.enabled": True},
    "targetgroup": {"deregistration_delay.timeout_seconds": 30, "slow_start.duration_seconds": 0},
}
WRITES = {"loadbalancer": "ModifyLoadBalancerAttributes", "targetgroup": "ModifyTargetGroupAttributes"}


def make(aws: AwsAccount, kind: str) -> str:
    if kind == "loadbalancer":
        return make_balancer(aws, "shop")
    vpc = aws.client("ec2").create_vpc(CidrBlock="10.0.0.0/16")["Vpc"]["VpcId"]
    group = {"Name": "shop", "Protocol": "HTTPS", "Port": 8443, "VpcId": vpc, "TargetType": "ip"}
    arn = aws.client("elbv2").create_target_group(**group)["TargetGroups"][0]["TargetGroupArn"]
    aws.written()
    return str(arn)


def attributes(aws: AwsAccount, arn: str) -> Any:
    return api.attributes_of(aws.client("elbv2"), arn)


def test_arn_has_to_be_given(aws: AwsAccount) -> None:
    assert aws.run(elb_attributes, attributes={})["msg"] == "missing required arguments: arn"
    assert "expected that of" in aws.run(elb_attributes, arn=f"{PLACE}:listener/app/a/b/c", attributes={})["msg"]


@pytest.mark.parametrize("kind", KINDS)
def test_story(aws: AwsAccount, kind: str) -> None:
    arn = make(aws, kind)
    before = attributes(aws, arn)
    dry, made, again = (
        aws.run(elb_attributes, dry=dry, arn=arn, attributes=KINDS[kind]) for dry in (True, False, True)
    )
    assert [one["changed"] for one in (dry, made, again)] == [True, True, False]
    assert dry["attributes"] == made["attributes"] == again["attributes"]
    assert aws.written() == [WRITES[kind]]
    assert attributes(aws, arn) == {**before, **made["attributes"]}


@pytest.mark.parametrize("kind", KINDS)
def test_what_is_not_there_is_foreseen_and_missed(aws: AwsAccount, kind: str) -> None:
    arn = f"{PLACE}:{kind}/app/shop/0000000000000000".replace("targetgroup/app", "targetgroup")
    foreseen = aws.run(elb_attributes, dry=True, arn=arn, attributes=KINDS[kind])
    assert (foreseen["changed"], foreseen["diff"]["before"]) == (True, {})
    assert aws.run(elb_attributes, arn=arn, attributes=KINDS[kind])["msg"] == f"There is no {arn}."
    assert aws.written() == []


def test_attribute_that_is_taken_and_not_set_is_a_failure(aws: AwsAccount, monkeypatch: pytest.MonkeyPatch) -> None:
    arn = make(aws, "loadbalancer")
    monkeypatch.setattr(api, "set_attributes", lambda client, arn, wanted: {})
    told = aws.run(elb_attributes, arn=arn, attributes={"idle_timeout.timeout_seconds": 50})
    assert told["msg"].endswith("did not set them: idle_timeout.timeout_seconds is missing instead of 50.")
