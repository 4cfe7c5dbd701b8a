# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""What is to be done about a repository of images, as pure functions."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.tagging import ansible_dict_to_boto3_tag_list
from ansible_collections.palisade.ecs.plugins.module_utils._plan_error import PlanError
from ansible_collections.palisade.ecs.plugins.module_utils._tags import merged

Facts = Mapping[str, Any]


@dataclass(frozen=True)
class Repository:
    """A repository; the fields are results of the module, and empty when there is none."""

    name: str = ""
    repository_arn: str = ""
    repository_uri: str = ""
    kms_key_arn: str = ""
    immutable_tags: bool = False
    scan_on_push: bool = False
    lifecycle_policy: Facts = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)

    @property
    def creation(self) -> dict[str, Any]:
        """The repository as CreateRepository takes it."""
        key = (
            {"encryptionType": "KMS", "kmsKey": self.kms_key_arn} if self.kms_key_arn else {"encryptionType": "AES256"}
        )
        return {
            "repositoryName": self.name,
            "imageTagMutability": self.mutability,
            "imageScanningConfiguration": {"scanOnPush": self.scan_on_push},
            "encryptionConfiguration": key,
            "tags": ansible_dict_to_boto3_tag_list(self.tags),
        }

    @property
    def mutability(self) -> str:
        """Whether tags can be moved, in the words of ECR."""
        return "IMMUTABLE" if self.immutable_tags else "MUTABLE"


@dataclass(frozen=True)
class Change:
    """A repository before and after, and whether it keeps another key than the one that was asked for."""

    before: Repository
    after: Repository
    other_key: bool = False

    def __bool__(self) -> bool:
        return self.before != self.after

    def differs(self, name: str) -> bool:
        """Say whether a field changes, from that of a repository which has nothing yet."""
        return bool(getattr(self.before, name) != getattr(self.after, name))

    def as_result(self, diff: bool) -> dict[str, Any]:
        """Return what the module returns."""
        before, after = (asdict(one) if one.name else {} for one in (self.before, self.after))
        shown = {"diff": {"before": before, "after": after}} if diff else {}
        return {"changed": bool(self), "other_key": self.other_key, **asdict(self.after), **shown}


def described(found: Facts | None, policy: str, tags: Mapping[str, str]) -> Repository:
    """Return a repository as ECR describes it; an empty one for none."""
    if not found:
        return Repository()
    return Repository(
        name=found["repositoryName"],
        repository_arn=found["repositoryArn"],
        repository_uri=found["repositoryUri"],
        kms_key_arn=(found.get("encryptionConfiguration") or {}).get("kmsKey") or "",
        # One with exceptions can move tags, too.
        immutable_tags=found.get("imageTagMutability") == "IMMUTABLE",
        scan_on_push=bool((found.get("imageScanningConfiguration") or {}).get("scanOnPush")),
        lifecycle_policy=json.loads(policy or "{}"),
        tags=dict(tags),
    )


def lifecycle_policy(images_kept: int) -> dict[str, Any]:
    """Return the policy that keeps the newest images, none for 0.

    It counts all of them: a rule on age, or on images without a tag, would delete what runs for long or by digest.
    """
    if not images_kept:
        return {}
    selection = {"tagStatus": "any", "countType": "imageCountMoreThan", "countNumber": images_kept}
    description = f"Keep the newest {images_kept} images"
    action = {"type": "expire"}
    return {"rules": [{"rulePriority": 1, "description": description, "selection": selection, "action": action}]}


def plan(before: Repository, params: Facts) -> Change:
    """Return what makes a repository the one that is wanted; raises PlanError for what ECR would refuse."""
    if params["images_kept"] < 0:
        raise PlanError(f"images_kept is {params['images_kept']}; expected 1 or more, or 0 to keep all.")
    key = params["kms_key_arn"] or ""
    after = Repository(
        name=params["name"],
        repository_arn=before.repository_arn,
        repository_uri=before.repository_uri,
        # ECR decides on the encryption of a repository when it makes it.
        kms_key_arn=before.kms_key_arn if before.name else key,
        immutable_tags=params["immutable_tags"],
        scan_on_push=params["scan_on_push"],
        lifecycle_policy=lifecycle_policy(params["images_kept"]),
        tags=merged(before.tags, params),
    )
    return Change(before, after, bool(before.name) and before.kms_key_arn != key)
