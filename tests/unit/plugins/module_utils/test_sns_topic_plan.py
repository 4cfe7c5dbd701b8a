# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about an encrypted topic."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._sns_topic_plan import Topic, checked_name, described, plan

ARN = "arn:aws:sns:eu-central-1:123456789012:shop"
POLICY = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "cloudwatch.amazonaws.com"},
            "Action": "sns:Publish",
            "Resource": ARN,
        },
    ],
}
FOUND = described(ARN, {"KmsMasterKeyId": "key", "Policy": json.dumps(POLICY)}, {"Team": "web"})
WANTED: dict[str, Any] = {
    "state": "present",
    "topic_arn": ARN,
    "kms_key_id": "key",
    "policy": json.dumps(POLICY),
    "tags": {"Team": "web"},
    "purge_tags": True,
}


def test_what_is_as_it_should_be_is_no_change() -> None:
    assert not plan(FOUND, WANTED)
    assert not plan(FOUND, {**WANTED, "policy": None})


def test_policy_that_means_the_same_is_left_as_it_is() -> None:
    listed = json.loads(json.dumps(POLICY))
    listed["Statement"][0]["Action"] = ["sns:Publish"]
    change = plan(FOUND, {**WANTED, "policy": json.dumps(listed)})
    assert not change
    assert change.after.policy == POLICY


@pytest.mark.parametrize(
    ("different", "attributes"),
    [
        ({"kms_key_id": "other"}, {"KmsMasterKeyId"}),
        ({"policy": json.dumps(POLICY).replace("cloudwatch", "events")}, {"Policy"}),
        ({"tags": {}}, set()),
    ],
)
def test_each_difference_is_a_change_of_its_own(different: dict[str, Any], attributes: set[str]) -> None:
    change = plan(FOUND, {**WANTED, **different})
    assert change
    assert set(change.attributes) == attributes


def test_new_topic_without_a_policy_is_created_without() -> None:
    change = plan(Topic(), {**WANTED, "policy": None})
    assert (bool(change), set(change.attributes)) == (True, {"KmsMasterKeyId"})


def test_topic_that_is_not_there_need_not_go() -> None:
    assert not plan(Topic(), {**WANTED, "state": "absent"})
    assert plan(FOUND, {**WANTED, "state": "absent"}).after == Topic()


def test_name_is_the_end_of_the_arn() -> None:
    assert checked_name(ARN, "eu-central-1") == "shop"
    with pytest.raises(PlanError, match="topic_arn is in eu-central-1 and the task in eu-west-1"):
        checked_name(ARN, "eu-west-1")
