#!/usr/bin/python
# SPDX-License-Identifier: GPL-3.0-or-later
# Copyright: Palisade contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Look an image up in Amazon ECR."""

from __future__ import annotations

DOCUMENTATION = r"""
module: ecr_image_info
short_description: Look an image up in Amazon ECR
version_added: 0.1.0
description:
  - Says whether a repository holds an image of a digest, so that a deployment of an image that nobody pushed stops
    before anything is changed.
  - Neither amazon.aws nor community.aws reads the images of a repository.
options:
  repository:
    description: The name of the repository, without the registry's address.
    type: str
    required: true
  digest:
    description: The digest of the image, V(sha256:) and 64 hexadecimal digits.
    type: str
    required: true
author:
  - Palisade contributors (@palisade)
extends_documentation_fragment:
  - amazon.aws.common.modules
  - amazon.aws.region.modules
  - amazon.aws.boto3
"""

EXAMPLES = r"""
- name: Look for the image
  palisade.ecs.ecr_image_info:
    repository: shop-dev
    digest: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
  register: found

- name: Stop when nobody pushed it
  ansible.builtin.assert:
    that: found.images | length == 1
"""

RETURN = r"""
images:
  description: The image, or nothing when the repository or the image does not exist.
  returned: always
  type: list
  elements: dict
  contains:
    image_digest:
      description: The digest of the image.
      type: str
      returned: always
      sample: sha256:9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08
    image_tags:
      description: The tags that lead to the image.
      type: list
      elements: str
      returned: when the image has tags
    image_pushed_at:
      description: When the image was pushed.
      type: str
      returned: always
    repository_name:
      description: The repository that holds the image.
      type: str
      returned: always
"""

import re
from contextlib import suppress
from typing import Any

from ansible.module_utils.common.dict_transformations import camel_dict_to_snake_dict
from ansible_collections.amazon.aws.plugins.module_utils.botocore import is_boto3_error_code, normalize_boto3_result
from ansible_collections.amazon.aws.plugins.module_utils.modules import AnsibleAWSModule
from ansible_collections.amazon.aws.plugins.module_utils.retries import AWSRetry

with suppress(ImportError):  # AnsibleAWSModule says that boto3 is missing
    from botocore.exceptions import BotoCoreError, ClientError

MISSING = ["ImageNotFoundException", "RepositoryNotFoundException"]


@AWSRetry.jittered_backoff(catch_extra_error_codes=["ThrottlingException"])
def describe_image(client: Any, repository: str, digest: str) -> list[dict[str, Any]]:
    """Return the image as ECR describes it in a list of one, or an empty list when it does not exist."""
    try:
        answer = client.describe_images(repositoryName=repository, imageIds=[{"imageDigest": digest}])
    except is_boto3_error_code(MISSING):
        return []
    return list(answer["imageDetails"])


def run(module: AnsibleAWSModule) -> dict[str, Any]:
    """Return the result of the module."""
    repository, digest = module.params["repository"], module.params["digest"]
    if not re.fullmatch("sha256:[0-9a-f]{64}", digest):
        module.fail_json(msg=f"digest is {digest!r}; expected sha256: and 64 hexadecimal digits.")
    try:
        images = describe_image(module.client("ecr"), repository, digest)
    except (BotoCoreError, ClientError) as error:
        module.fail_json_aws(error, msg=f"Couldn't look for {digest} in the repository {repository}")
    return {"changed": False, "images": [camel_dict_to_snake_dict(normalize_boto3_result(image)) for image in images]}


def main() -> None:
    """Build the module and exit."""
    module = AnsibleAWSModule(
        argument_spec={
            "repository": {"type": "str", "required": True},
            "digest": {"type": "str", "required": True},
        },
        supports_check_mode=True,
    )
    module.exit_json(**run(module))


if __name__ == "__main__":
    main()
