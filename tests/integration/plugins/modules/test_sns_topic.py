# SPDX-License-Identifier: GPL-3.0-or-later
"""Encrypted topics, kept by the module and asked for at SNS."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.community.aws.plugins.modules import sns_topic as theirs
from ansible_collections.palisade.ecs.plugins.modules import sns_topic

from tests.integration.plugins.modules.aws_account import AwsAccount, Json

ARN = "arn:aws:sns:eu-central-1:123456789012:shop-alarms"
KEY, OTHER_KEY = (
    f"arn:aws:kms:eu-central-1:123456789012:key/{number}b2c3d4e-5678-90ab-cdef-0a1b2c3d4e5f" for number in (1, 2)
)
RESULT_KEYS = {"topic_arn", "kms_key_id", "policy", "tags"}


def policy(*services: str) -> Json:
    statement = {
        "Sid": "Alarms",
        "Effect": "Allow",
        "Principal": {"Service": list(services)},
        "Action": "sns:Publish",
        "Resource": ARN,
        "Condition": {"StringEquals": {"aws:SourceAccount": "123456789012"}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def attributes(aws: AwsAccount) -> Json:
    found: Json = aws.client("sns").get_topic_attributes(TopicArn=ARN)["Attributes"]
    return found


def topics(aws: AwsAccount) -> list[str]:
    return [one["TopicArn"] for one in aws.client("sns").list_topics()["Topics"]]


def test_story_of_a_topic(aws: AwsAccount) -> None:
    alarms = policy("cloudwatch.amazonaws.com")
    here: Json = {"topic_arn": ARN, "kms_key_id": KEY, "policy": alarms, "tags": {"Application": "shop"}}

    dry = aws.run(sns_topic, dry=True, **here)
    assert dry["diff"]["before"] == {}
    assert aws.written() == topics(aws) == []

    made, repeated = aws.run(sns_topic, **here), aws.run(sns_topic, **here)
    assert [dry["changed"], made["changed"], repeated["changed"]] == [True, True, False]
    assert {key: dry[key] for key in RESULT_KEYS} == {key: made[key] for key in RESULT_KEYS}
    # Never without its key and its policy.
    assert aws.written() == ["CreateTopic"]
    found = attributes(aws)
    assert (found["KmsMasterKeyId"], json.loads(found["Policy"])) == (KEY, alarms)

    more = policy("cloudwatch.amazonaws.com", "events.amazonaws.com")
    other = {**here, "kms_key_id": OTHER_KEY, "policy": more, "tags": {}}
    foreseen, changed, again = (aws.run(sns_topic, dry=dry, **other) for dry in (True, False, True))
    assert [foreseen["changed"], changed["changed"], again["changed"]] == [True, True, False]
    assert foreseen["diff"]["before"]["kms_key_id"] == KEY
    assert {key: foreseen[key] for key in RESULT_KEYS} == {key: changed[key] for key in RESULT_KEYS}
    assert aws.written() == ["SetTopicAttributes", "SetTopicAttributes", "UntagResource"]
    found = attributes(aws)
    assert (found["KmsMasterKeyId"], json.loads(found["Policy"])) == (OTHER_KEY, more)
    # The order of principals means nothing.
    reordered = {**other, "policy": policy("events.amazonaws.com", "cloudwatch.amazonaws.com")}
    assert not aws.run(sns_topic, **reordered)["changed"]

    away: Json = {"topic_arn": ARN, "state": "absent"}
    results = [aws.run(sns_topic, dry=dry, **away) for dry in (True, False, False)]
    assert [one["changed"] for one in results] == [True, True, False]
    assert set(results[1]) - {"changed"} == RESULT_KEYS
    assert aws.written() == ["DeleteTopic"]
    assert topics(aws) == []


def test_topic_without_a_policy_of_ours_keeps_its_own_and_its_subscriptions(aws: AwsAccount) -> None:
    first = aws.run(sns_topic, topic_arn=ARN, kms_key_id=KEY)
    assert first["policy"] == json.loads(attributes(aws)["Policy"])
    aws.client("sns").subscribe(TopicArn=ARN, Protocol="email", Endpoint="team@example.com")
    assert not aws.run(sns_topic, topic_arn=ARN, kms_key_id=KEY)["changed"]
    changed = aws.run(sns_topic, topic_arn=ARN, kms_key_id=OTHER_KEY)
    assert (changed["changed"], changed["policy"]) == (True, first["policy"])
    assert len(aws.client("sns").list_subscriptions_by_topic(TopicArn=ARN)["Subscriptions"]) == 1


def test_topic_that_was_not_encrypted_is(aws: AwsAccount) -> None:
    aws.client("sns").create_topic(Name="shop-alarms", Tags=[{"Key": "Team", "Value": "web"}])
    result = aws.run(sns_topic, topic_arn=ARN, kms_key_id=KEY, purge_tags=False)
    assert (result["changed"], result["tags"]) == (True, {"Team": "web"})
    assert attributes(aws)["KmsMasterKeyId"] == KEY


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"kms_key_id": KEY}, "missing required arguments: topic_arn"),
        ({"topic_arn": ARN}, "state is present but all of the following are missing: kms_key_id"),
        ({"topic_arn": "shop-alarms", "kms_key_id": KEY}, "topic_arn is 'shop-alarms'; expected one such as"),
        (
            {"topic_arn": ARN.replace("central", "west"), "kms_key_id": KEY},
            "topic_arn is in eu-west-1 and the task in eu-central-1",
        ),
        ({"topic_arn": f"{ARN}.fifo", "kms_key_id": KEY}, "expected one such as"),
        ({"topic_arn": ARN, "kms_key_id": KEY, "policy": {"Statement": []}}, "policy is malformed: "),
    ],
)
def test_what_cannot_be_is_refused_before_anything_is_written(aws: AwsAccount, arguments: Any, message: str) -> None:
    assert message in aws.run(sns_topic, **arguments)["msg"]
    assert aws.written() == []


def test_topic_of_another_account_is_a_failure(aws: AwsAccount) -> None:
    result = aws.run(sns_topic, topic_arn=ARN.replace("123456789012", "111122223333"), kms_key_id=KEY)
    assert f"the topic was created as {ARN}; expected one account" in result["msg"]


def test_community_aws_still_cannot_look_ahead_or_encrypt(aws: AwsAccount) -> None:
    """The reason for this module: should it fail one day, upstream may have learned to do it."""
    encrypted = aws.run(theirs, name="shop-alarms", kms_master_key_id=KEY)
    assert "Unsupported parameters" in encrypted["msg"]
    ahead = aws.run(theirs, dry=True, name="shop-alarms", tags={"Application": "shop"})
    assert ahead["failed"]
