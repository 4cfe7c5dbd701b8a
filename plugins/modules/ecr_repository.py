#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Manage a repository of images in ECR."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecr_repository
author: Palisade contributors (!UNKNOWN)
short_description: Manage a repository of images in ECR
version_added: 0.1.0
description:
  - Creates or changes a repository with its encryption, its tags, and how many images it keeps.
  - M(community.aws.ecs_ecr) knows no tags, fails for a repository that is encrypted otherwise, and leaves a lifecycle
    policy that is not asked for any more. It removes a repository, which this module does not.
options:
  name:
    description: The name of the repository.
    type: str
    required: true
  kms_key_arn:
    description:
      - The key that a new repository is encrypted with. Without one it is a key of S3.
      - AWS cannot change it later. A repository that has another is kept, and RV(other_key) says so.
    type: str
    default: ""
  immutable_tags:
    description: Whether a tag stays at its image for ever.
    type: bool
    default: true
  scan_on_push:
    description: Whether images are scanned for vulnerabilities when they are pushed.
    type: bool
    default: true
  images_kept:
    description:
      - How many images are kept, the newest ones, whether they have a tag or not. V(0) keeps all.
      - ECR does not know which image a service runs. So take as many as you would ever go back, and more.
    type: int
    default: 0
  tags:
    description: The tags of the repository.
    type: dict
    default: {}
  purge_tags:
    description: Whether other tags are removed.
    type: bool
    default: true
attributes:
  check_mode:
    description: Can run in check mode and report what it would change, without changing it.
    support: full
  diff_mode:
    description: Shows the repository before and after.
    support: full
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Create a repository
  palisade.ecs.ecr_repository:
    region: eu-central-1
    name: shop-dev
    kms_key_arn: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
    images_kept: 100
    tags:
      Application: shop

- name: Keep all of its images
  palisade.ecs.ecr_repository:
    region: eu-central-1
    name: shop-dev
    kms_key_arn: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
    tags:
      Application: shop

- name: Remove its tags
  palisade.ecs.ecr_repository:
    region: eu-central-1
    name: shop-dev
    kms_key_arn: arn:aws:kms:eu-central-1:123456789012:key/0a1b2c3d-4e5f-6789-0abc-def012345678
"""

RETURN = r"""
name:
  description: The name of the repository.
  returned: success
  type: str
  sample: shop-dev
repository_arn:
  description: The ARN of the repository. Empty in check mode for a new one.
  returned: success
  type: str
  sample: arn:aws:ecr:eu-central-1:123456789012:repository/shop-dev
repository_uri:
  description: Where images are pushed to. Empty in check mode for a new one.
  returned: success
  type: str
  sample: 123456789012.dkr.ecr.eu-central-1.amazonaws.com/shop-dev
kms_key_arn:
  description: The key that the repository is encrypted with. Empty for one of S3.
  returned: success
  type: str
other_key:
  description: Whether that is another key than O(kms_key_arn).
  returned: success
  type: bool
  sample: false
immutable_tags:
  description: Whether a tag stays at its image for ever.
  returned: success
  type: bool
  sample: true
scan_on_push:
  description: Whether images are scanned when they are pushed.
  returned: success
  type: bool
  sample: true
lifecycle_policy:
  description: The lifecycle policy. Empty if all images are kept.
  returned: success
  type: dict
tags:
  description: The tags of the repository after the task.
  returned: success
  type: dict
  sample:
    Application: shop
"""

from typing import Any

from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.palisade.ecs.plugins.module_utils import _ecr_api as api
from ansible_collections.palisade.ecs.plugins.module_utils._ecr_repository_plan import Repository, described, plan
from ansible_collections.palisade.ecs.plugins.module_utils._module_run import finish

ARGUMENT_SPEC: dict[str, Any] = {
    "name": {"type": "str", "required": True},
    "kms_key_arn": {"type": "str", "default": "", "no_log": False},
    "immutable_tags": {"type": "bool", "default": True},
    "scan_on_push": {"type": "bool", "default": True},
    "images_kept": {"type": "int", "default": 0},
    "tags": {"type": "dict", "default": {}},
    "purge_tags": {"type": "bool", "default": True},
}


def read(client: Any, name: str) -> Repository:
    """Return a repository as it is; an empty one if there is none."""
    found = api.find(client, name)
    if not found:
        return Repository()
    return described(found, api.lifecycle_policy_of(client, name), api.tags_of(client, found["repositoryArn"]))


def run(module: Any, client: Any) -> dict[str, Any]:
    """Read, plan, and write unless in check mode."""
    change = plan(read(client, module.params["name"]), module.params)
    if change and not module.check_mode:
        change = api.apply(client, change)
    return change.as_result(diff=module._diff)


def main() -> None:
    """Run the module."""
    module = AnsibleAWSModule(argument_spec=ARGUMENT_SPEC, supports_check_mode=True)
    finish(module, module.client("ecr"), run)


if __name__ == "__main__":
    main()
