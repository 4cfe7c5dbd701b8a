# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to be done about a repository of images."""

from __future__ import annotations

import json
from typing import Any

import pytest
from ansible_collections.palisade.ecs.plugins.module_utils._ecr_repository_plan import (
    Repository,
    described,
    lifecycle_policy,
    plan,
)
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError

KEY = "arn:aws:kms:eu-central-1:123456789012:key/images"
FOUND: dict[str, Any] = {
    "repositoryName": "shop",
    "repositoryArn": "arn:aws:ecr:eu-central-1:123456789012:repository/shop",
    "repositoryUri": "123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop",
    "imageTagMutability": "IMMUTABLE",
    "imageScanningConfiguration": {"scanOnPush": True},
    "encryptionConfiguration": {"encryptionType": "KMS", "kmsKey": KEY},
}
WANTED: dict[str, Any] = {
    "name": "shop",
    "kms_key_arn": KEY,
    "immutable_tags": True,
    "scan_on_push": True,
    "images_kept": 100,
    "tags": {"Application": "shop"},
    "purge_tags": True,
}
POLICY = json.dumps(lifecycle_policy(100), indent=2)


def repository(**other: Any) -> Repository:
    return described({**FOUND, **other}, POLICY, WANTED["tags"])


def test_what_is_there_is_no_change() -> None:
    change = plan(repository(), WANTED)
    assert (bool(change), change.other_key) == (False, False)


def test_images_count_whether_they_have_a_tag_or_not_and_age_does_not() -> None:
    (rule,) = lifecycle_policy(100)["rules"]
    assert rule["selection"] == {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": 100}
    assert lifecycle_policy(0) == {}


@pytest.mark.parametrize("mutability", ["MUTABLE", "IMMUTABLE_WITH_EXCLUSION"])
def test_tags_that_can_be_moved_are_a_change(mutability: str) -> None:
    assert plan(repository(imageTagMutability=mutability), WANTED).differs("immutable_tags")


def test_another_key_is_kept_and_told_of() -> None:
    other = plan(repository(encryptionConfiguration={"encryptionType": "AES256"}), WANTED)
    assert (bool(other), other.other_key, other.after.kms_key_arn) == (False, True, "")
    assert not plan(Repository(), WANTED).other_key


def test_other_tags_go_unless_they_are_kept() -> None:
    before = described(FOUND, POLICY, {"Old": "1"})
    assert plan(before, WANTED).after.tags == {"Application": "shop"}
    assert plan(before, {**WANTED, "purge_tags": False}).after.tags == {"Application": "shop", "Old": "1"}


def test_fewer_images_than_none_are_refused() -> None:
    with pytest.raises(PlanError, match="images_kept is -1"):
        plan(Repository(), {**WANTED, "images_kept": -1})
