# SPDX-License-Identifier: GPL-3.0-or-later
"""The story of a repository: nothing, check, creation, repetition, changes."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.modules import ecr_repository

from tests.integration.plugins.modules.aws_account import AwsAccount, Json


@pytest.fixture
def wanted(aws: AwsAccount) -> Json:
    """The arguments of a repository, with a key that there is."""
    key = aws.client("kms").create_key()["KeyMetadata"]["Arn"]
    aws.written()
    return {"name": "shop", "kms_key_arn": key, "images_kept": 100, "tags": {"Application": "shop"}}


def described(aws: AwsAccount) -> Any:
    return aws.client("ecr").describe_repositories(repositoryNames=["shop"])["repositories"][0]


def test_name_has_to_be_given(aws: AwsAccount) -> None:
    assert aws.run(ecr_repository)["msg"] == "missing required arguments: name"


def test_story(aws: AwsAccount, wanted: Json) -> None:
    dry = aws.run(ecr_repository, dry=True, **wanted)
    assert (dry["changed"], dry["repository_arn"], dry["diff"]["before"], aws.written()) == (True, "", {}, [])
    made, again = (aws.run(ecr_repository, dry=dry, **wanted) for dry in (False, True))
    assert aws.written() == ["CreateRepository", "PutLifecyclePolicy"]
    assert (again["changed"], again["repository_uri"]) == (False, described(aws)["repositoryUri"])
    known = {name: made[name] for name in ("repository_arn", "repository_uri")}
    assert {**dry, **known} == {**made, "diff": dry["diff"]}
    assert described(aws)["imageTagMutability"] == "IMMUTABLE"
    assert described(aws)["imageScanningConfiguration"] == {"scanOnPush": True}
    assert described(aws)["encryptionConfiguration"] == {"encryptionType": "KMS", "kmsKey": wanted["kms_key_arn"]}
    text = aws.client("ecr").get_lifecycle_policy(repositoryName="shop")["lifecyclePolicyText"]
    assert json.loads(text) == made["lifecycle_policy"]


@pytest.mark.parametrize(
    ("change", "written"),
    [
        ({"images_kept": 50}, ["PutLifecyclePolicy"]),
        ({"images_kept": 0}, ["DeleteLifecyclePolicy"]),
        ({"immutable_tags": False}, ["PutImageTagMutability"]),
        ({"scan_on_push": False}, ["PutImageScanningConfiguration"]),
        ({"tags": {"Stage": "dev"}}, ["UntagResource", "TagResource"]),
    ],
)
def test_only_what_differs_is_written(aws: AwsAccount, wanted: Json, change: Json, written: list[str]) -> None:
    aws.run(ecr_repository, **wanted)
    aws.written()
    other = {**wanted, **change}
    foreseen = aws.run(ecr_repository, dry=True, **other)
    assert aws.written() == []
    done, again = (aws.run(ecr_repository, dry=dry, **other) for dry in (False, True))
    assert aws.written() == written
    assert [one["changed"] for one in (foreseen, done, again)] == [True, True, False]
    assert {key: value for key, value in foreseen.items() if key != "diff"} == done


def test_repository_of_another_key_is_kept_and_protected(aws: AwsAccount, wanted: Json) -> None:
    aws.client("ecr").create_repository(repositoryName="shop")
    aws.written()
    told = aws.run(ecr_repository, **wanted)
    assert (told["other_key"], told["kms_key_arn"]) == (True, "")
    assert aws.written() == [
        *("PutImageTagMutability", "PutImageScanningConfiguration", "TagResource", "PutLifecyclePolicy"),
    ]
    assert aws.run(ecr_repository, dry=True, **wanted)["changed"] is False
