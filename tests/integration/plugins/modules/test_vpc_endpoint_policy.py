# SPDX-License-Identifier: GPL-3.0-or-later
"""The policy of a VPC endpoint, set by modules and asked for at EC2."""

from __future__ import annotations

import json
from typing import Any

from tests.integration.plugins.modules.ec2_account import REGION, Ec2, Modules
from tests.unit.plugins.module_utils.endpoint_policies import DENY_ONLY

MODULE = "palisade.ecs.vpc_endpoint_policy"
DYNAMODB = f"com.amazonaws.{REGION}.dynamodb"
RESULT_KEYS = {"changed", "vpc_endpoint_id", "service_name", "vpc_endpoint_type", "policy"}

READ = {
    "Sid": "Read",
    "Effect": "Allow",
    "Principal": "*",
    "Action": ["dynamodb:GetItem", "dynamodb:Query"],
    "Resource": "*",
    "Condition": {"ArnEquals": {"aws:PrincipalArn": "arn:aws:iam::123456789012:role/task"}},
}
WRITE = {**READ, "Sid": "Write", "Action": "dynamodb:PutItem"}
BOTH = {"Version": "2012-10-17", "Statement": [READ, WRITE]}
BOTH_IN_OTHER_WORDS = {
    "Version": "2012-10-17",
    "Statement": [
        {**WRITE, "Action": ["dynamodb:PutItem"]},
        {**READ, "Action": ["dynamodb:Query", "dynamodb:GetItem"], "Principal": {"AWS": "*"}},
    ],
}
ONLY_READ = {"Version": "2012-10-17", "Statement": [READ]}


def task(dry: bool = False, **arguments: Any) -> dict[str, Any]:
    return {MODULE: arguments, "check_mode": dry, "diff": dry}


def modifications(ec2: Ec2) -> list[set[str]]:
    """List what ModifyVpcEndpoint was told about policies so far."""
    wanted = {"ResetPolicy", "PolicyDocument"}
    return [wanted & parameters.keys() for action, parameters in ec2.writes if action == "modify_vpc_endpoint"]


def test_story_of_a_gateway_endpoint(ec2: Ec2, modules: Modules) -> None:
    vpc_id, endpoint_id = ec2.make_endpoint("Gateway", DYNAMODB)
    default = ec2.policy(endpoint_id)
    here: dict[str, Any] = {"vpc_id": vpc_id, "service": "dynamodb"}

    missing, refused, dry = modules.run(
        task(**here),
        task(**here, policy={"Statement": [{**READ, "Principal": {"AWS": "123456789012"}}]}),
        task(dry=True, **here, policy=BOTH),
    )
    assert "missing: policy" in missing["msg"]
    assert "aws:PrincipalArn" in refused["msg"]
    assert dry["changed"]
    assert json.loads(dry["diff"]["before"]) == default
    assert json.loads(dry["diff"]["after"]) == BOTH
    assert modifications(ec2) == []

    created, repeated, reworded = modules.run(
        task(**here, policy=BOTH),
        task(vpc_endpoint_id=endpoint_id, policy=json.dumps(BOTH, indent=2)),
        task(**here, policy=BOTH_IN_OTHER_WORDS),
    )
    assert [result["changed"] for result in (created, repeated, reworded)] == [True, False, False]
    assert ec2.policy(endpoint_id) == BOTH
    assert {key: created[key] for key in RESULT_KEYS} == {key: dry[key] for key in RESULT_KEYS}
    assert reworded["policy"] == BOTH
    assert (created["vpc_endpoint_id"], created["service_name"]) == (endpoint_id, DYNAMODB)

    (changed,) = modules.run(task(**here, policy=ONLY_READ))
    assert changed["changed"]
    assert ec2.policy(endpoint_id) == ONLY_READ

    removed, removed_again = modules.run(task(**here, state="absent"), task(**here, state="absent"))
    assert [removed["changed"], removed_again["changed"]] == [True, False]
    assert ec2.policy(endpoint_id) == default == removed["policy"]
    assert ["lets everybody do everything" in str(warning) for warning in removed["warnings"]] == [True]
    assert "deprecations" not in removed
    assert modifications(ec2) == [{"PolicyDocument"}, {"PolicyDocument"}, {"ResetPolicy"}]


def test_interface_endpoint_is_given_the_default_document(ec2: Ec2, modules: Modules) -> None:
    policy = {"Statement": [{**READ, "Action": "ecr:*", "Principal": {"AWS": "123456789012"}}]}
    _, endpoint_id = ec2.make_endpoint(
        "Interface", f"com.amazonaws.{REGION}.ecr.api", PolicyDocument=json.dumps(policy)
    )
    kept, removed, removed_again = modules.run(
        task(vpc_endpoint_id=endpoint_id, policy=policy),
        task(vpc_endpoint_id=endpoint_id, state="absent"),
        task(vpc_endpoint_id=endpoint_id, state="absent"),
    )
    assert [kept["changed"], removed["changed"], removed_again["changed"]] == [False, True, False]
    assert modifications(ec2) == [{"PolicyDocument"}]
    (statement,) = ec2.policy(endpoint_id)["Statement"]
    assert statement == {"Effect": "Allow", "Principal": "*", "Action": "*", "Resource": "*"}


def test_endpoint_that_does_not_exist(ec2: Ec2, modules: Modules) -> None:
    to_come: dict[str, Any] = {"vpc_id": "vpc-00000000000000000", "service": "dynamodb"}
    by_service, by_id, of_a_given_id, real, absent = modules.run(
        task(dry=True, **to_come, policy=BOTH),
        task(dry=True, vpc_endpoint_id="vpce-00000000000000000", policy=BOTH),
        task(dry=True, vpc_endpoint_id="vpce-0123456789abcdef0", policy=BOTH),
        task(**to_come, policy=BOTH),
        task(**to_come, state="absent"),
    )
    for result in (by_service, by_id):
        assert result["changed"]
        assert result.keys() >= RESULT_KEYS
        assert result["vpc_endpoint_id"] == ""
        assert result["policy"] == BOTH
        assert result["diff"]["before"] == ""
    assert f"{DYNAMODB} in vpc-00000000000000000" in by_service["diff"]["after_header"]
    assert "no VPC endpoint vpce-0123456789abcdef0" in of_a_given_id["msg"]
    assert f"no VPC endpoint for {DYNAMODB} in vpc-00000000000000000" in real["msg"]
    assert not absent.get("failed")
    assert not absent["changed"]
    assert "warnings" not in absent


def test_policies_that_would_not_do_what_they_say_are_refused_before_anything_is_changed(
    ec2: Ec2, modules: Modules
) -> None:
    _, dynamodb = ec2.make_endpoint("Gateway", DYNAMODB)
    _, s3 = ec2.make_endpoint("Gateway", f"com.amazonaws.{REGION}.s3")
    _, iot = ec2.make_endpoint("Interface", f"com.amazonaws.{REGION}.iot.data")
    reads = {"Statement": [{**READ, "Action": "s3:GetObject"}]}
    publishes = {"Statement": [{**READ, "Action": "iot:Publish"}]}
    deny_only, everybody, cut_off, foreign, without = modules.run(
        task(vpc_endpoint_id=dynamodb, policy=DENY_ONLY),
        task(vpc_endpoint_id=dynamodb, policy={"Statement": [{**READ, "Condition": {}}]}),
        task(vpc_endpoint_id=s3, policy=reads),
        task(vpc_endpoint_id=s3, policy=BOTH),
        task(dry=True, vpc_endpoint_id=iot, policy=publishes),
    )
    assert "denies everything" in deny_only["msg"]
    assert "allows everybody's requests through" in everybody["msg"]
    assert f"prod-{REGION}-starport-layer-bucket" in cut_off["msg"]
    assert "has the action dynamodb:GetItem" in foreign["msg"]
    assert "supports no endpoint policies" in without["msg"]
    assert modifications(ec2) == []

    confirmed, forced = modules.run(
        task(vpc_endpoint_id=s3, policy=reads, allow_ecr_cut_off=True),
        task(vpc_endpoint_id=dynamodb, policy=DENY_ONLY, allow_deny_all=True),
    )
    assert [confirmed["changed"], forced["changed"]] == [True, True]
    assert [ec2.policy(s3), ec2.policy(dynamodb)] == [reads, DENY_ONLY]


def test_amazon_aws_still_ignores_the_policy_of_an_existing_endpoint(ec2: Ec2, modules: Modules) -> None:
    """The reason for this module: should it fail one day, upstream has learned to do it."""
    vpc_id, endpoint_id = ec2.make_endpoint("Gateway", DYNAMODB, PolicyDocument=json.dumps(ONLY_READ))
    arguments = {"vpc_id": vpc_id, "service": DYNAMODB, "vpc_endpoint_type": "Gateway", "policy": BOTH}
    upstream, ours = modules.run(
        {"amazon.aws.ec2_vpc_endpoint": arguments}, task(dry=True, vpc_endpoint_id=endpoint_id, policy=BOTH)
    )
    assert upstream["result"]["vpc_endpoint_id"] == endpoint_id
    assert not upstream["changed"]
    assert ec2.policy(endpoint_id) == ONLY_READ
    assert ours["changed"]
